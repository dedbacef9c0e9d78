"""Everything that may differ from one installation to the next: environment variables LINSHENG_*."""

from __future__ import annotations

from functools import cached_property, lru_cache
from pathlib import Path

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parents[1]
SHIPPED_SECRET = "change-me-before-serving"


class Settings(BaseSettings):
    """One class, read once; see README for what each setting does."""

    model_config = SettingsConfigDict(env_prefix="LINSHENG_", env_file=ROOT / ".env", extra="ignore")

    demo: bool = False
    var: Path = ROOT / "var"
    database_url: str = ""
    secret: SecretStr = SecretStr(SHIPPED_SECRET)
    public_url: str = ""
    https_only: bool = False
    trusted_proxies: str = ""
    idle_minutes: int = 30
    session_hours: int = 12
    lockout_after: int = 5
    lockout_minutes: int = 15
    fold_seconds: float = 3.0
    busy_seconds: float = Field(default=15.0, gt=0, le=600)
    draft_days: int = Field(default=14, ge=1, le=366)
    ticket_allowance: int = Field(default=2, ge=1, le=50)
    contact_days: int = Field(default=180, ge=1, le=366)
    alert_minutes: int = Field(default=30, ge=1, le=24 * 60)
    alert_days: int = Field(default=7, ge=1, le=366)
    learn_from_synthetic: bool = False
    learn_least: int = Field(default=50, ge=1)
    joblib_backend: str = "loky"
    joblib_n_jobs: int = 1
    max_request_bytes: int = 8_000_000

    @field_validator("var", mode="after")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value if value.is_absolute() else ROOT / value

    @cached_property
    def url(self) -> str:
        """The database's address; SQLite under `var` unless one is set. PostgreSQL uses psycopg 3."""
        if not self.database_url:
            return f"sqlite:///{self.var / 'linsheng.db'}"
        for plain in ("postgresql://", "postgres://"):
            if self.database_url.startswith(plain):
                return "postgresql+psycopg://" + self.database_url.removeprefix(plain)
        return self.database_url

    @property
    def classifier_cache(self) -> Path:
        """Folder of trained classifiers."""
        return self.var / "classifier"

    @property
    def own_labels(self) -> Path:
        """Folder of label files of one's own, beside the shipped ones."""
        return self.var / "labelled"


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
