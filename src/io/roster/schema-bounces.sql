CREATE TABLE bounce (
    -- What spoke against an address: a letter that was refused, came back, or was complained of. Forgotten with the person.
    bounce_id       INTEGER PRIMARY KEY,
    subscriber_id   INTEGER NOT NULL REFERENCES subscriber,
    letter_id       INTEGER REFERENCES letter,
    at              TEXT NOT NULL,
    how             TEXT NOT NULL CHECK (how IN ('refused', 'returned', 'complained')),
    sort            TEXT NOT NULL CHECK (sort IN ('hard', 'soft', 'content', 'complaint')),
    status          TEXT,               -- the server's code (RFC 3463)
    said            TEXT NOT NULL,      -- its words, without addresses
    points          INTEGER NOT NULL    -- in halves; 0 once letters were resumed
) STRICT;
CREATE INDEX bounce_of ON bounce (subscriber_id, at);
-- Letters refused before there was this table count as they did.
INSERT INTO bounce (subscriber_id, letter_id, at, how, sort, said, points)
    SELECT subscriber_id, letter_id, ended_at, 'refused', 'hard', coalesce(last_error, ''), 2
    FROM letter WHERE state = 'refused' AND subscriber_id IS NOT NULL AND ended_at IS NOT NULL;
