-- Who owns things.
CREATE TABLE users (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    CONSTRAINT users_pkey PRIMARY KEY (id),
    CONSTRAINT users_name_key UNIQUE (name)
) STRICT;

-- A thing with a column of every type; it's 100% :certain.
-- name: what it's called
CREATE TABLE things (
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    flag INTEGER DEFAULT 0 NOT NULL,
    maybe INTEGER,
    count INTEGER DEFAULT 0 NOT NULL,
    big INTEGER,
    huge TEXT,
    ratio REAL,
    price TEXT,
    made TEXT NOT NULL,
    changed TEXT NOT NULL,
    day TEXT,
    at TEXT,
    took INTEGER,
    token TEXT,
    kind TEXT DEFAULT 'plain' NOT NULL,
    level INTEGER DEFAULT 3 NOT NULL,
    raw TEXT,
    laps TEXT DEFAULT '[]',
    extra TEXT,
    user_id TEXT,
    CONSTRAINT things_pkey PRIMARY KEY (id),
    CONSTRAINT things_user_id_fkey FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE DEFERRABLE INITIALLY IMMEDIATE,
    CONSTRAINT things_name_length_check CHECK ((length(name) >= 1) AND (length(name) <= 12)),
    CONSTRAINT things_flag_check CHECK (flag IN (0, 1)),
    CONSTRAINT things_maybe_check CHECK (maybe IN (0, 1)),
    CONSTRAINT things_count_range_check CHECK ((count >= 0) AND (count <= 1000)),
    CONSTRAINT things_kind_check CHECK (kind IN ('plain', 'it''s fancy')),
    CONSTRAINT things_level_check CHECK (level IN (1, 2, 3))
) STRICT;

CREATE INDEX things_owner ON things (user_id);

CREATE INDEX things_newest ON things (made DESC, name);
