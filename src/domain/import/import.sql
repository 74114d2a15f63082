-- Drafts of the import wizard: what was read from an uploaded document, with corrections, until it
-- is loaded or discarded.

-- derived import_draft

-- schema import-1
create table import_draft (
    body_id id not null,            -- 0: uploaded where no body was chosen yet
    id id not null,
    filename text not null,         -- shown only
    title text not null,
    created instant not null,
    modified instant not null,
    version int not null,
    content blob not null,          -- lines and scheme, as the reader's child hands them over
    previous blob,                  -- before the last correction: one step back
    primary key (body_id, id)
);

-- :import_add  :run  ($1 id body_id, $2 id id, $3 text filename, $4 text title, $5 instant now, $6 blob content)  a new draft
insert into import_draft (body_id, id, filename, title, created, modified, version, content)
values ($1, $2, $3, $4, $5, $5, 1, $6);

-- :import_get  :maybe  ($1 id body_id, $2 id id)  one draft
select d.filename, d.title, d.created, d.version, d.content, case when d.previous is null then 0 else 1 end as can_undo
from import_draft d where d.body_id = $1 and d.id = $2;

-- :import_list  :many  ($1 id body_id)  drafts under way, newest first
select d.id, d.filename, d.title, d.modified from import_draft d
where d.body_id = $1 order by d.id desc limit 50;

-- :import_change  :run  ($1 id body_id, $2 id id, $3 text title, $4 instant now, $5 blob content, $6 int version)  after a correction
update import_draft set previous = content, content = $5, title = $3, modified = $4, version = version + 1
where body_id = $1 and id = $2 and version = $6;

-- :import_undo  :run  ($1 id body_id, $2 id id, $3 instant now)  one step back
update import_draft set content = previous, previous = null, modified = $3, version = version + 1
where body_id = $1 and id = $2 and previous is not null;

-- :import_drop  :run  ($1 id body_id, $2 id id)  loaded or discarded
delete from import_draft where body_id = $1 and id = $2;

-- :import_forget  :run  ($1 id body_id)  all of a body: something was purged
delete from import_draft where body_id = $1;
