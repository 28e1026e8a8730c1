"""Checks JSON against a JSON Schema, as far as fwtui's own go; a keyword that it does not know fails."""

from __future__ import annotations

from typing import Any

TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}
ANNOTATIONS = {"$schema", "$defs", "title", "description"}


def problems(
    value: Any, schema: dict[str, Any], root: dict[str, Any] | None = None, at: str = "$"
) -> list[str]:
    """Every place where `value` is not as `schema` says."""
    root = schema if root is None else root
    if "$ref" in schema:
        return problems(value, root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root, at)
    found: list[str] = []
    for keyword, rule in schema.items():
        if keyword not in ANNOTATIONS:
            found += CHECKS[keyword](value, rule, schema, root, at)
    return found


def _type(value, rule, schema, root, at):
    named = [rule] if isinstance(rule, str) else rule
    right = any(isinstance(value, TYPES[name]) and (name == "boolean" or value is not True) for name in named)
    return [] if right else [f"{at} is {type(value).__name__}, not {' or '.join(named)}"]


def _properties(value, rule, schema, root, at):
    known = rule.items() if isinstance(value, dict) else ()
    return [p for k, part in known if k in value for p in problems(value[k], part, root, f"{at}.{k}")]


def _further(value, rule, schema, root, at):
    further = set(value) - set(schema.get("properties", ())) if isinstance(value, dict) else set()
    if rule is False:
        return [f"{at} has {sorted(further)}"] if further else []
    return [p for key in further for p in problems(value[key], rule, root, f"{at}.{key}")]


def _items(value, rule, schema, root, at):
    items = enumerate(value) if isinstance(value, list) else ()
    return [p for place, item in items for p in problems(item, rule, root, f"{at}[{place}]")]


def _required(value, rule, schema, root, at):
    missing = set(rule) - set(value) if isinstance(value, dict) else set()
    return [f"{at} lacks {sorted(missing)}"] if missing else []


def _only(holds):
    return lambda value, rule, schema, root, at: [] if holds(value, rule) else [f"{at} is {value!r}: {rule}"]


CHECKS = {
    "type": _type,
    "properties": _properties,
    "additionalProperties": _further,
    "items": _items,
    "required": _required,
    "enum": _only(lambda value, rule: value in rule),
    "minimum": _only(lambda value, rule: not isinstance(value, (int, float)) or value >= rule),
    "maximum": _only(lambda value, rule: not isinstance(value, (int, float)) or value <= rule),
    "minItems": _only(lambda value, rule: not isinstance(value, list) or len(value) >= rule),
    "maxItems": _only(lambda value, rule: not isinstance(value, list) or len(value) <= rule),
}
