"""One organisation's folder, and the one way in for commands, web and notebooks."""

from trede.workspace.workspace import Workspace

__all__ = ["Workspace"]
