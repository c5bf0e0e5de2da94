CREATE TABLE subscriber (
    -- Who asked to be told. The row outlives the address, so that the letters' counts stay true.
    subscriber_id   INTEGER PRIMARY KEY,
    address         TEXT,               -- as given, domain in punycode; NULL once they left and the letter that says so went, or were erased
    address_mark    BLOB UNIQUE,        -- keyed hash of the address in lower case; NULL once erased
    state           TEXT NOT NULL CHECK (state IN ('pending', 'confirmed', 'paused', 'left')),
    every           TEXT NOT NULL CHECK (every IN ('instant', 'daily', 'weekly')),  -- also in preferences; here to be selected by
    preferences     TEXT NOT NULL CHECK (json_valid(preferences)),                  -- domain::subscriber::Preferences
    consent_how     TEXT NOT NULL,      -- web, command or import
    consent_version TEXT,               -- of the words: `web-1 sr-Latn`; NULL for an operator's reason
    consent_text    TEXT,               -- the words they agreed to, or the operator's reason
    asked_at        TEXT NOT NULL,
    confirmed_at    TEXT,
    paused_at       TEXT,
    paused_until    TEXT,               -- resumes by itself then; NULL: when told
    pause_reason    TEXT CHECK (pause_reason IN ('asked', 'refused')),
    left_at         TEXT,
    asked_letter_at TEXT,               -- when the last letter that asks was owed: at most one a day
    waits_since     TEXT                -- the letter that asks waits since then for a day with fewer sign-ups
) STRICT;
CREATE INDEX subscriber_asked ON subscriber (asked_letter_at) WHERE asked_letter_at IS NOT NULL;
CREATE INDEX subscriber_waits ON subscriber (waits_since) WHERE waits_since IS NOT NULL;

CREATE INDEX subscriber_leaving ON subscriber (left_at) WHERE state = 'left' AND address IS NOT NULL;

CREATE TABLE consent (
    -- Every consent as it was given, the earlier ones too. Erased with the person.
    consent_id      INTEGER PRIMARY KEY,
    subscriber_id   INTEGER NOT NULL REFERENCES subscriber,
    how             TEXT NOT NULL,
    version         TEXT,
    text            TEXT,
    asked_at        TEXT NOT NULL,
    confirmed_at    TEXT                -- when it was confirmed: by the button, or by the operator
) STRICT;
CREATE INDEX consent_of ON consent (subscriber_id, consent_id);

CREATE TABLE edition (
    -- What a letter tells, once for all who get the same: public facts, no address.
    edition_id      INTEGER PRIMARY KEY,
    key             TEXT NOT NULL UNIQUE,   -- what it tells of, by names that survive a restore; Message-IDs derive from it
    thread          TEXT,                   -- what ties the letters of one bill together
    facts           TEXT NOT NULL CHECK (json_valid(facts)),    -- domain::letter::Edition
    sender_domain   TEXT NOT NULL,          -- right of the @ in Message-IDs; fixed here, for the settings may change
    made_at         TEXT NOT NULL
) STRICT;

CREATE TABLE edition_change (
    -- The changes an edition tells of, by their ids in history.db.
    edition_id      INTEGER NOT NULL REFERENCES edition,
    change_id       INTEGER NOT NULL,
    PRIMARY KEY (edition_id, change_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX edition_by_change ON edition_change (change_id);

CREATE TABLE letter (
    -- One edition owed to one person. It leaves "owed" only when a server took it, refused it, or five days of trying are over.
    letter_id       INTEGER PRIMARY KEY,
    edition_id      INTEGER NOT NULL REFERENCES edition,
    subscriber_id   INTEGER REFERENCES subscriber,  -- to a subscriber ...
    operator        TEXT,                           -- ... or to an operator's address
    state           TEXT NOT NULL DEFAULT 'owed' CHECK (state IN ('owed', 'sent', 'refused', 'expired', 'dropped')),
    owed_at         TEXT NOT NULL,
    due_at          TEXT NOT NULL,                  -- not tried before
    attempts        INTEGER NOT NULL DEFAULT 0,
    first_tried_at  TEXT,
    tried_at        TEXT,
    handed_at       TEXT,                           -- last time it was offered to a server: the rate is counted by it
    ended_at        TEXT,                           -- when it left "owed"
    last_error      TEXT,                           -- a server's words, without addresses
    asked           INTEGER NOT NULL DEFAULT 0 CHECK (asked IN (0, 1)),  -- the reader asked for it: it goes while they are paused too
    CHECK ((subscriber_id IS NULL) <> (operator IS NULL))
) STRICT;
CREATE UNIQUE INDEX letter_once ON letter (edition_id, subscriber_id) WHERE subscriber_id IS NOT NULL;
CREATE UNIQUE INDEX letter_once_to_operator ON letter (edition_id, operator) WHERE operator IS NOT NULL;
CREATE INDEX letter_owed ON letter (due_at, letter_id) WHERE state = 'owed';
CREATE INDEX letter_handed ON letter (handed_at) WHERE handed_at IS NOT NULL;
CREATE INDEX letter_refused ON letter (subscriber_id, ended_at) WHERE state = 'refused';

CREATE TRIGGER farewell_went
    -- The address of somebody who left stays for one letter, and goes with it, whatever became of that.
AFTER UPDATE OF state ON letter WHEN OLD.state = 'owed' AND NEW.state <> 'owed' AND NEW.asked = 1 BEGIN
    UPDATE letter SET asked = 0 WHERE letter_id = NEW.letter_id AND EXISTS (SELECT 1 FROM subscriber WHERE subscriber_id = NEW.subscriber_id AND state = 'left');
    UPDATE subscriber SET address = NULL WHERE subscriber_id = NEW.subscriber_id AND state = 'left';
END;

CREATE TABLE pending (
    -- Changes that wait for a subscriber's digest.
    subscriber_id   INTEGER NOT NULL REFERENCES subscriber,
    change_id       INTEGER NOT NULL,
    PRIMARY KEY (subscriber_id, change_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE progress (
    -- How far the log of changes was told, and whether telling is stopped. One row.
    one             INTEGER PRIMARY KEY CHECK (one = 1),
    change_id       INTEGER,            -- the last change told of
    change_hash     TEXT,               -- its hash: another one there means another history
    stopped_at      TEXT,               -- nothing is sent since then (a restored directory, a changed history)
    stop_reason     TEXT,
    daily_at        TEXT,               -- when the daily digests were last put together
    weekly_at       TEXT,               -- and the weekly ones, with the proofs of silence
    blind           TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(blind)),   -- sources readers were told are out of sight: [name, since]
    troubles        TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(troubles)), -- of the house itself, as operators were told: [word, since]
    sittings        TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(sittings)) -- coming sittings of committees that were told of: [key]
) STRICT;
INSERT INTO progress (one) VALUES (1);

CREATE TABLE relay (
    -- How the mail server fares. One row.
    one             INTEGER PRIMARY KEY CHECK (one = 1),
    waiting_until   TEXT,               -- nothing is offered to it before
    trouble         TEXT,               -- login, insecure, sender, circuit or busy
    since           TEXT,               -- when the present trouble began
    failures        INTEGER NOT NULL DEFAULT 0,
    opened_at       TEXT                -- when a delivery last began; written first, so that a full disk is noticed before a letter is sent
) STRICT;
INSERT INTO relay (one) VALUES (1);

CREATE TABLE secret (
    -- What links and Message-IDs are derived from. Random, made with the file, never shown. One row.
    one             INTEGER PRIMARY KEY CHECK (one = 1),
    bytes           BLOB NOT NULL CHECK (length(bytes) = 32)
) STRICT;
