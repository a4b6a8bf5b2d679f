"""These tests let many processes make links at once, each of which draws a token id."""

from collections import Counter
from pathlib import Path

from racing import processes
from sites import open_store
from token_pools import SHOP, create_links, make_ready


def test_no_token_id_is_drawn_twice(tmp_path: Path) -> None:
    """Of 3,200 links over 4 processes, 3,000 draw 3,000 token ids; 200 are told that there is none."""
    store = open_store(tmp_path)
    ready = make_ready(store, 3000)
    with processes(4) as start:
        answers = start(create_links, tmp_path, 800)
    made = [link_id for link_ids, _ in answers for link_id in link_ids]
    assert len(made) == 3000
    assert Counter(store.get(link_id).spec.token_id for link_id in made) == Counter(ready)
    refused: Counter[tuple[object, ...]] = sum((one for _, one in answers), Counter())
    assert refused == {(503, "no_token_id", "5"): 200}
    assert store.token_ids.count(SHOP) == (0, 0, 3000, 0)
    store.close()
