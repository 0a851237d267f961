import os
from types import SimpleNamespace

import pytest

from extracts_airflow.variables import child_environment, url_of


def connection(**parts):
    empty = dict.fromkeys(("conn_type", "host", "login", "password", "port", "schema"))
    return SimpleNamespace(**{**empty, "conn_type": "postgres", "extra_dejson": {}, **parts})


shop = connection(host="db.example.com", login="reader", password="p@ss/w:rd", port=5433, schema="shop")


def test_a_connection_becomes_a_url():
    assert url_of(shop) == "postgres://reader:p%40ss%2Fw%3Ard@db.example.com:5433/shop"
    tls = connection(host="db", schema="a b", extra_dejson={"sslmode": "verify-full", "nested": {}})
    assert url_of(tls) == "postgres://db/a%20b?sslmode=verify-full"


def test_a_part_of_a_connection_is_that_part():
    found = child_environment({"TOKEN": "tableau.password", "PORT": "tableau.port"}, {}, lambda _: shop)
    assert (found["TOKEN"], found["PORT"]) == ("p@ss/w:rd", "5433")
    with pytest.raises(ValueError, match="the connection tableau has no login"):
        child_environment({"USER": "tableau.login"}, {}, lambda _: connection())


def test_a_point_in_an_id_is_a_part_only_before_a_known_one():
    asked = []
    child_environment({"URL": "shop.eu", "WORD": "shop.eu.password"}, {}, lambda name: asked.append(name) or shop)
    assert asked == ["shop.eu", "shop.eu"]


def test_variables_of_airflow_are_not_handed_on(monkeypatch):
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "postgresql://airflow:airflow@db/airflow")
    monkeypatch.setenv("AIRFLOW_CONN_SHOP", "postgres://u:p@db")
    monkeypatch.setenv("LANG", "C.UTF-8")
    found = child_environment({"PG_URL": "shop"}, {"REGION": "eu"}, lambda _: shop)
    assert (found["LANG"], found["REGION"], found["CI"]) == ("C.UTF-8", "eu", "true")
    assert not [name for name in found if name.startswith("AIRFLOW_")]
    assert "PG_URL" not in os.environ
