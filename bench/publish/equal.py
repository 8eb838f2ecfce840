"""That the contenders did equal work: what an extract holds, and that the package holds that extract."""

import hashlib
import pathlib
import zipfile

from data import EXTRACT, FILE_COLUMN, TABLE

SUMS = """SELECT count(*), count(distinct id), sum(id), sum(customer), sum(store), sum(cast(amount AS numeric(18,2))), sum(cast(tax AS numeric(18,4))),
  min(ordered), max(ordered), cast(max(updated) AS text), sum(cast(extract(epoch FROM updated) AS bigint)),
  count(status), sum(length(product)), sum(length(note)), count(distinct note)"""


class Unequal(Exception):
    pass


def facts(extract, file_column, engine):
    """What the rows add up to, as text; with a file column also how many files they name."""
    from tableauhyperapi import Connection, HyperProcess, Telemetry

    folder = str(pathlib.Path(extract).parent)
    with HyperProcess(
        Telemetry.DO_NOT_SEND_USAGE_DATA_TO_TABLEAU, hyper_path=engine, parameters={"log_dir": folder}
    ) as process:
        with Connection(process.endpoint, str(extract)) as connection:
            [row] = connection.execute_list_query(f"{SUMS} FROM public.{TABLE}")
            names = (
                connection.execute_scalar_query(f'SELECT count(distinct "{FILE_COLUMN}") FROM public.{TABLE}')
                if file_column
                else None
            )
    return [str(value) for value in row], names


def _digest(file):
    return hashlib.file_digest(file, "sha256").digest()


def check_package(package, extract):
    with zipfile.ZipFile(package) as opened, opened.open(EXTRACT) as packed, open(extract, "rb") as built:
        if _digest(packed) != _digest(built):
            raise Unequal(f"{package} does not hold {extract}")


def check(way, case, answer, expected, engine):
    """Compares one run with what all before it in this case held (`expected`: a list, empty at first)."""
    sums, names = facts(answer["extract"], way.file_column, engine)
    if int(sums[0]) != case["rows"] or answer["rows"] != case["rows"]:
        raise Unequal(f"{way.name} loaded {sums[0]} rows and says {answer['rows']}; there are {case['rows']}")
    if way.file_column and names != case["objects"]:
        raise Unequal(f"{way.name} names {names} files; there are {case['objects']}")
    if not expected:
        expected.append(sums)
    if sums != expected[0]:
        raise Unequal(f"{way.name} holds other rows than the ones before it: {sums} against {expected[0]}")
    if answer["package"]:
        check_package(answer["package"], answer["extract"])
