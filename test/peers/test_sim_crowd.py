"""Many clients at once change and read the same things: nobody gets half of anything, and the site is whole behind them."""

import concurrent.futures
import io
import random

import sim_files
import tableauserverclient as TSC
from simulator import start_sim

CLIENTS, ROUNDS = 32, 6
NAMES = [f"Shared {number}" for number in range(4)]
BODIES = {name: [sim_files.twbx(sim_files.twb((f"{name} {version}",))) for version in range(3)] for name in NAMES}


def harmless(work):
    """None where somebody else was quicker: the item is gone, or its name is taken. A 5xx is never harmless."""
    try:
        return work()
    except TSC.ServerResponseError as error:
        assert error.code[:3] in ("403", "404", "409"), error
        return None


def publish(server, project, dice):
    name = dice.choice(NAMES)
    item = TSC.WorkbookItem(project, name)
    return harmless(lambda: server.workbooks.publish(item, io.BytesIO(dice.choice(BODIES[name])), "Overwrite"))


def download(server, book):
    buffer = io.BytesIO()
    if harmless(lambda: server.workbooks.download(book.id, filepath=buffer)) is not None:
        assert buffer.getvalue() in BODIES[book.name], f"{book.name}: {len(buffer.getvalue())} bytes of nobody's file"


def busy(sim, project, number):
    dice = random.Random(number)
    with sim.client() as server:
        for _ in range(ROUNDS):
            publish(server, project, dice)
            books = list(TSC.Pager(server.workbooks))
            assert len({book.name for book in books}) == len(books), "one name twice"
            if not books:
                continue
            book = dice.choice(books)
            download(server, book)
            harmless(lambda: server.workbooks.add_tags(book, [f"tag {number}"]))
            harmless(lambda: server.favorites.add_favorite_workbook(user(server), book))
            harmless(lambda: server.workbooks.populate_views(book))
            if dice.random() < 0.2:
                harmless(lambda: server.workbooks.delete(book.id))


def user(server):
    return server.users.get_by_id(server.user_id)


def state_of(server):
    return sorted((book.id, book.name, book.content_url, tuple(sorted(book.tags)), book.updated_at)
                  for book in TSC.Pager(server.workbooks))


def test_a_crowd_leaves_the_site_whole(tmp_path):
    with start_sim(data=tmp_path / "site") as sim:
        with sim.client() as server:
            project = next(one.id for one in TSC.Pager(server.projects) if one.name == "default")
            with concurrent.futures.ThreadPoolExecutor(CLIENTS) as pool:
                for done in [pool.submit(busy, sim, project, number) for number in range(CLIENTS)]:
                    done.result()
            before = state_of(server)
        sim.process.kill()
        sim.process.wait()
    with start_sim(data=tmp_path / "site") as sim, sim.client() as server:
        assert state_of(server) == before
        for book in TSC.Pager(server.workbooks):
            download(server, book)
