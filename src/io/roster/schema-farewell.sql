-- Who leaves gets one letter that says so: their address stays for it, and goes with it.

CREATE INDEX subscriber_leaving ON subscriber (left_at) WHERE state = 'left' AND address IS NOT NULL;

CREATE TRIGGER farewell_went
    -- Whatever became of that letter.
AFTER UPDATE OF state ON letter WHEN OLD.state = 'owed' AND NEW.state <> 'owed' AND NEW.asked = 1 BEGIN
    UPDATE letter SET asked = 0 WHERE letter_id = NEW.letter_id AND EXISTS (SELECT 1 FROM subscriber WHERE subscriber_id = NEW.subscriber_id AND state = 'left');
    UPDATE subscriber SET address = NULL WHERE subscriber_id = NEW.subscriber_id AND state = 'left';
END;
