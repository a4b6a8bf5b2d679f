"""``python -m full_disk DIRECTORY``: a process whose files can grow no more tells how its store does."""

from __future__ import annotations

import json
import logging
import resource
import sys
from pathlib import Path

from racing import outcome_of
from sites import NOW, new_visit, open_store
from store_values import link_spec

from webhelper.links.stores.lists import Filter


def main(directory: Path, *, recovers: bool) -> None:
    """Fill the disk while an opening of a reusable link waits, and say what still works."""
    store = open_store(directory)
    link, _ = store.create(link_spec(max_uses=None), now=NOW)
    store.find(link.payload)  # as a site that has answered
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, ((directory / "links.db-wal").stat().st_size, most))
    store.visit(link, new_visit(link), browser=None)
    told = {
        "created": outcome_of(lambda: store.create(link_spec(), now=NOW)),
        "ready": store.is_ready(),
        "listed": len(store.page(Filter(), now=NOW, limit=9).links),
        "found": store.find(link.payload).id == link.id,
    }
    if recovers:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        told["ready_again"] = store.is_ready()
        store.close()
        told["uses"] = open_store(directory).get(link.id).uses
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    logging.basicConfig(format="%(message)s")
    main(Path(sys.argv[1]), recovers="recovers" in sys.argv)
