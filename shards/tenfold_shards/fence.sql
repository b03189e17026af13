-- The fence of one shard: which buckets this shard takes writes for, and since which version of the map.
-- Run it in the shard's database; running it again changes nothing.
CREATE SCHEMA IF NOT EXISTS tenfold;

CREATE TABLE IF NOT EXISTS tenfold.fence (
    bucket bigint  PRIMARY KEY,         -- what the map's version gives as the key's bucket
    epoch  bigint  NOT NULL,            -- the map's version since which the row says what it says
    owned  boolean NOT NULL,            -- whether writes are taken
    token  bigint  NOT NULL DEFAULT 0,  -- the lease of who changed it last; a lower one is refused
    pin    boolean,                     -- says nothing: who holds a row must be allowed to update a column of it, and
                                        -- applications may update this one alone
    -- With epoch in a unique index a change of epoch is a change of the row's key: the one kind of update that waits
    -- for writers that hold FOR KEY SHARE, and that makes a writer with an older snapshot look at the row again.
    UNIQUE (bucket, epoch)
) WITH (fillfactor = 50);

-- The check, for the first statement of a transaction: SELECT tenfold.admit(bucket, version).
-- It holds the row until the transaction ends, so that a freeze waits for it, and raises TF001 for a stale map, which
-- ends the transaction whatever the application does next.
CREATE OR REPLACE FUNCTION tenfold.admit(wanted bigint, seen bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM tenfold.fence WHERE bucket = wanted AND owned AND epoch <= seen FOR KEY SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the shard map of version % is stale for bucket % on this shard', seen, wanted
            USING ERRCODE = 'TF001',
                  DETAIL = coalesce((SELECT epoch FROM tenfold.fence WHERE bucket = wanted), 0)::text,
                  HINT = 'Read the map again and send the write where it says.';
    END IF;
END $$;
