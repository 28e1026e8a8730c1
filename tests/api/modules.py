"""What looks like a module of PyTorch, whose class is found by its name."""


class Base:
    """Stands for the class of all modules."""


Base.__module__, Base.__qualname__ = "torch.nn.modules.module", "Module"


class Module(Base):
    """One of a user's."""
