-- Keys are lower-case ids and compare byte by byte in every database. Times are microseconds since 1970.

CREATE TABLE resources (
    key         ${key} NOT NULL PRIMARY KEY,
    id          TEXT   NOT NULL,
    parent_key  ${key} NOT NULL,
    kind_key    ${key} NOT NULL,
    type_key    ${key} NOT NULL,
    name_key    ${key} NOT NULL,
    version     BIGINT NOT NULL,
    generation  BIGINT NOT NULL,
    spec        TEXT   NOT NULL,
    status      TEXT   NOT NULL,
    created_by  TEXT   NOT NULL,
    created_at  BIGINT NOT NULL,
    modified_by TEXT   NOT NULL,
    modified_at BIGINT NOT NULL
);
CREATE INDEX resources_by_name ON resources (parent_key, type_key, name_key);
CREATE INDEX resources_by_created ON resources (parent_key, type_key, created_at, name_key);
CREATE INDEX resources_by_modified ON resources (parent_key, type_key, modified_at, name_key);
CREATE INDEX resources_by_kind ON resources (kind_key, key);

CREATE TABLE secrets (
    resource_key ${key}   NOT NULL REFERENCES resources (key) ON DELETE CASCADE,
    name         ${key}   NOT NULL,
    value        ${bytes} NOT NULL,
    PRIMARY KEY (resource_key, name)
);

-- Append only, pruned from the start. Numbers come from the table itself: there is one writer at a time.
CREATE TABLE changes (
    number  BIGINT  NOT NULL PRIMARY KEY,
    id      TEXT    NOT NULL,
    deleted INTEGER NOT NULL
);

CREATE TABLE operations (
    id         ${key} NOT NULL PRIMARY KEY,
    number     BIGINT NOT NULL UNIQUE,
    kind       TEXT   NOT NULL,
    target_key ${key} NOT NULL,
    target     TEXT   NOT NULL,
    generation BIGINT NOT NULL,
    status     TEXT   NOT NULL,
    progress   TEXT   NOT NULL,
    error      TEXT,
    started_at BIGINT NOT NULL,
    ended_at   BIGINT
);
CREATE INDEX operations_running ON operations (number) WHERE ended_at IS NULL;
CREATE INDEX operations_running_of_target ON operations (target_key, number) WHERE ended_at IS NULL;
CREATE INDEX operations_ended ON operations (ended_at) WHERE ended_at IS NOT NULL;
