"""Plan and apply Tableau extracts in Airflow."""

from extracts_airflow.dag import build_extracts_dag
from extracts_airflow.operators import ExtractsApplyOperator, ExtractsBlockedOperator, ExtractsPlanOperator

__all__ = ["ExtractsApplyOperator", "ExtractsBlockedOperator", "ExtractsPlanOperator", "build_extracts_dag"]
