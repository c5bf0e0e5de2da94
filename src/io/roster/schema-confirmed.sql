-- Of two clocks that disagree neither tells what was new to whom. The log of changes does: what was told of it when somebody confirmed is old to
-- them, and what follows is news.

ALTER TABLE subscriber ADD COLUMN confirmed_after INTEGER;  -- the last change told of when they confirmed; NULL: none was yet
-- Whoever is there already listens to all that was not told so far.
UPDATE subscriber SET confirmed_after = (SELECT change_id FROM progress) WHERE confirmed_at IS NOT NULL;
