"""What a check of the trail found, in words that name the row."""

from dataclasses import asdict, dataclass, field
from typing import Any

GENESIS = "0" * 64


@dataclass
class Verdict:
    """The result of a check; `faults` name rows, the first bad one first."""

    entries: int = 0
    shredded: int = 0
    head: str = GENESIS
    root: str = ""
    begin: int = 0  # links before this one were taken from a checkpoint and not read
    checkpoints: int = 0
    anchors: int = 0
    cosignatures: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def is_intact(self) -> bool:
        return not self.faults

    def words(self) -> str:
        """One line for the trail and for the job."""
        if self.is_intact:
            return f"{self.entries} entries, intact"
        return f"{self.entries} entries, {len(self.faults)} faults; the first: {self.faults[0]}"

    def as_data(self) -> dict[str, Any]:
        return {"intact": self.is_intact, **asdict(self)}
