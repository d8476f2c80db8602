-- The names of the objects; their bytes are files named by content. Times are microseconds since 1970.

CREATE TABLE objects (
    container   ${key} NOT NULL,
    name        ${key} NOT NULL,
    size        BIGINT NOT NULL,
    sha256      ${key} NOT NULL,
    stamp       BIGINT NOT NULL,
    metadata    TEXT   NOT NULL,
    headers     TEXT   NOT NULL,
    modified_at BIGINT NOT NULL,
    PRIMARY KEY (container, name)
);
CREATE INDEX objects_by_sha256 ON objects (sha256);
CREATE INDEX objects_by_stamp ON objects (stamp);
