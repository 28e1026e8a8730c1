"""fwtui's own frameworks and backends, by name, whatever other packages add."""

from fwtui.backends import catalogue

FRAMEWORKS = {one.key: one for one in catalogue.frameworks() if catalogue.is_own(one)}
BACKENDS = {one.name: one for one in catalogue.entries() if catalogue.is_own(one.framework)}
