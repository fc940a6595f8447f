"""Jobs as Dagster assets; no logic of its own."""

import warnings

warnings.filterwarnings("ignore", message=".*is currently in (beta|preview).*")  # Dagster says it at each start
