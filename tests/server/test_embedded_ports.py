"""Ports that somebody else takes: another is chosen, but the door that others know stays what it was."""

from __future__ import annotations

import socket
import tempfile
import threading
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import psutil
import psycopg
import pytest

from server.embedded import ObjectStore, PostgresServer, ports
from server.embedded.postgres import driver_url


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder that `nobody` can reach."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o711)
        yield Path(made)


def elsewhere(port: int) -> socket.socket:
    """Somebody on another address of this machine: our own is free all the same."""
    if psutil.LINUX:
        return socket.create_server(("127.0.0.2", port))
    return socket.create_server(("0.0.0.0", port))


def test_a_taken_port_is_replaced_and_the_new_one_kept(folder: Path) -> None:
    kept_in = folder / "ports.json"
    first = ports.choose(["a", "b"], kept_in)
    assert first["a"] != first["b"]
    assert ports.choose(["a", "b"], kept_in) == first
    with socket.create_server((ports.LOOPBACK, first["a"])):
        second = ports.choose(["a", "b"], kept_in)
    assert second["a"] != first["a"]
    assert second["b"] == first["b"]
    assert ports.kept(kept_in) == second
    kept_in.write_text("damaged")
    assert len(ports.choose(["a"], kept_in)) == 1


def test_the_doors_of_a_start_that_failed_are_not_chosen_again(folder: Path) -> None:
    kept_in = folder / "ports.json"
    first = ports.choose(["a", "b"], kept_in)
    second = ports.choose(["a", "b"], kept_in, refused={first["a"]})
    assert second["a"] not in first.values()
    assert second["b"] == first["b"]


def test_new_ports_are_none_that_the_system_gives_to_outgoing_connections(folder: Path) -> None:
    assert set(ports.choose([str(number) for number in range(50)], folder / "ports.json").values()) <= set(ports.CHOICE)


def test_a_kept_port_that_is_taken_costs_neither_server_its_start(folder: Path) -> None:
    with PostgresServer(folder, durable=False), ObjectStore(folder):
        before = {name: ports.kept(folder / f"{name}.ports.json") for name in ("postgres", "s3")}
    volume, database = before["s3"]["volume.port"], before["postgres"]["postgres"]
    somebody = elsewhere(volume), socket.create_server((ports.LOOPBACK, database))
    with somebody[0], somebody[1], PostgresServer(folder, durable=False) as urls, ObjectStore(folder) as store:
        psycopg.connect(driver_url(urls.app_url)).close()
        assert store.endpoint == f"{ports.LOOPBACK}:{before['s3']['s3.port']}"
    after = ports.kept(folder / "s3.ports.json")
    assert {name for name, port in after.items() if port != before["s3"][name]} == {"volume.port"}
    assert ports.kept(folder / "postgres.ports.json")["postgres"] != database


@pytest.mark.parametrize("door", ["volume.port", "admin.port"])
def test_a_store_whose_port_is_taken_after_its_choice_chooses_again(
    door: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its volume port the store ends at once; without its last door it answers, and ends two minutes later."""
    choose, chosen = ports.choose, []
    with socket.create_server((ports.LOOPBACK, 0)) as somebody:

        def too_late(names: Sequence[str], kept_in: Path, refused: Collection[int] = ()) -> dict[str, int]:
            taken = {} if chosen else {door: somebody.getsockname()[1]}
            chosen.append(choose(names, kept_in, refused) | taken)
            return chosen[-1]

        monkeypatch.setattr(ports, "choose", too_late)
        server = ObjectStore(folder)
        with server:
            assert len(chosen) == 2
            assert not set(chosen[0].values()) & set(chosen[1].values())
            assert server.pid is not None
            heard = {each.laddr.port for each in psutil.Process(server.pid).net_connections() if not each.raddr}
            assert heard == set(chosen[1].values())
            assert server.takes_an_object()


def test_a_server_that_comes_back_waits_for_the_port_that_others_know(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = PostgresServer(folder, durable=False)
    with server as urls:
        server.stop()
        port = ports.kept(folder / "postgres.ports.json")["postgres"]
        somebody = socket.create_server((ports.LOOPBACK, port))
        leaves = threading.Timer(0.5, somebody.close)
        leaves.start()
        assert server.start_anew() == urls
        leaves.join()
        # But not for ever.
        monkeypatch.setattr(ports, "PUBLIC_DOOR", 0.2)
        server.stop()
        with socket.create_server((ports.LOOPBACK, port)):
            moved = server.start_anew()
        assert moved != urls
        psycopg.connect(driver_url(moved.app_url)).close()
