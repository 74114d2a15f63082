-- Writes that may be sent again: their key and the answer they got, kept for a day.

-- derived idempotency  a write's key with its answer, gone after 24 hours

-- schema replay-1
create table idempotency (
    body_id id not null,
    account id not null,            -- whose key it is; 0 = the machine's
    request_key text not null,
    content int not null,           -- fingerprint of what was asked
    status int not null,
    location text not null,
    answer text not null,           -- JSON
    made instant not null,
    primary key (body_id, account, request_key)
);
create index idempotency_made on idempotency (body_id, made);

-- :replay_find  :maybe  ($1 id body_id, $2 id account, $3 text request_key, $4 instant since)  the answer a key got
select i.content, i.status, i.location, i.answer from idempotency i
where i.body_id = $1 and i.account = $2 and i.request_key = $3 and i.made > $4;

-- :replay_drop  :run  ($1 id body_id, $2 instant before)  keys older than a day
delete from idempotency where body_id = $1 and made <= $2;

-- :replay_keep  :run  ($1 id body_id, $2 id account, $3 text request_key, $4 int content,
--   $5 int status, $6 text location, $7 text answer, $8 instant made)  in the write's own transaction
insert into idempotency (body_id, account, request_key, content, status, location, answer, made)
values ($1, $2, $3, $4, $5, $6, $7, $8);

-- :replay_forget  :run  ($1 id body_id, $2 text record_id)  answers about a record, whose address ends with it
delete from idempotency where body_id = $1 and substr(location, length(location) - 12) = $2;

-- :replay_blank  :run  ($1 id body_id)  other answers may show it too: the key stays, and what it did
update idempotency set answer = '{}' where body_id = $1;
