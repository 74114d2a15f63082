-- writer - which transaction of each writer was kept last: read after a connection lost in COMMIT.

-- instance store_writer  one row a writer of PostgreSQL; SQLite commits in the same process
-- derived store_writer   written by the engine

-- schema writer-1
create table store_writer (
    id id not null primary key, -- drawn when the connection is made
    mark int not null,          -- number of its transaction
    day int not null            -- of the mark, since 2000-01-01; old rows are dropped
);
