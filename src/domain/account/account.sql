-- Who may sign in, as what, and who is signed in. They belong to the instance: an account's seats may
-- be in several bodies. Secrets are stored hashed (tokens, codes, slips) or wrapped by the
-- instance's key (TOTP); passwords as Argon2id.

-- instance account          who may sign in
-- instance seat             a role in an organization of a body, from a day to a day
-- instance session          who is signed in
-- instance token            what programs sign in with
-- instance slip             one-time sign-in slips
-- instance sms_code         codes sent to telephones, for a few minutes
-- owned recovery_code

-- journalled account        by account_journal
-- journalled seat           by account_journal
-- journalled token          by account_journal
-- journalled slip           by account_journal
-- derived session           signing in anew makes it again
-- derived sms_code          asking again makes it again
-- journalled recovery_code  by account_journal

-- schema account-1
create table account (
    id id not null primary key,
    version int not null,
    modified instant not null,
    created instant not null,
    login text not null,            -- lower case
    name text not null,             -- as the top bar shows it
    password text,                  -- Argon2id; none: by slip, SMS code or the city's sign-on only
    must_change flag not null,      -- the next thing to do is to choose a password
    locked flag not null,           -- by an administrator
    failures int not null,          -- wrong passwords in a row
    failed_at instant not null,
    totp blob,                      -- wrapped secret; none: not in use
    totp_step int not null,         -- last time step that was used: a code opens once
    mobile text,                    -- private; where SMS codes go
    subject text                    -- who he is to the city's single sign-on
);
create unique index account_login on account (login);
create unique index account_mobile on account (mobile);
create unique index account_subject on account (subject);
create table seat (
    id id not null primary key,
    version int not null,
    modified instant not null,
    account ref not null,
    body ref not null,              -- 0: every body
    role text not null,
    organization ref,
    person ref,
    given_by ref,                   -- account; none: the command line, the set-up
    start_date date not null,
    end_date date not null,
    foreign key (account) references account (id)
);
create index seat_of on seat (account);
create index seat_in on seat (body, end_date);
create table session (
    id id not null primary key,
    account ref not null,
    seat ref,                       -- the one worn; none: the first
    token blob not null,            -- SHA-256
    created instant not null,
    used instant not null,          -- written at most every 5 minutes
    address text not null,
    agent text not null,
    foreign key (account) references account (id)
);
create unique index session_token on session (token);
create index session_of on session (account);
create table token (
    id id not null primary key,
    account ref not null,
    seat ref not null,
    name text not null,
    token blob not null,            -- SHA-256
    scopes text not null,           -- words of rights
    created instant not null,
    expires instant not null,
    foreign key (account) references account (id)
);
create unique index token_token on token (token);
create index token_of on token (account);
create table recovery_code (
    body_id id not null,            -- always 0
    owner id not null,              -- account
    position int not null,
    code blob not null,             -- SHA-256
    primary key (body_id, owner, position)
);
create table slip (
    id id not null primary key,
    account ref not null,
    code blob not null,             -- SHA-256
    issued_by ref,
    created instant not null,
    expires instant not null,
    used flag not null,
    foreign key (account) references account (id)
);
create unique index slip_code on slip (code);
create index slip_of on slip (account);

-- schema account-2
create table sms_code (
    id id not null primary key,     -- the code follows from it and the instance's key
    account ref not null,
    created instant not null,
    tries int not null,
    foreign key (account) references account (id)
);
create index sms_code_of on sms_code (account, created);

-- schema account-3
create index sms_code_by_age on sms_code (created);

-- :account_any  :maybe  whether there is any account
select a.id from account a limit 1;

-- :account_by_login  :maybe  ($1 text login)  the account of a name
select a.id, a.name, a.login, a.password, a.must_change, a.locked, a.failures, a.failed_at, a.totp, a.totp_step, a.mobile, a.subject, a.version, a.created
from account a where a.login = $1;

-- :account_by_mobile  :maybe  ($1 text mobile)  the account that gets codes at a number
select a.id, a.name, a.login, a.password, a.must_change, a.locked, a.failures, a.failed_at, a.totp, a.totp_step, a.mobile, a.subject, a.version, a.created
from account a where a.mobile = $1;

-- :account_by_subject  :maybe  ($1 text subject)  the account of a person of the city's sign-on
select a.id, a.name, a.login, a.password, a.must_change, a.locked, a.failures, a.failed_at, a.totp, a.totp_step, a.mobile, a.subject, a.version, a.created
from account a where a.subject = $1;

-- :account_get  :maybe  ($1 id id)  one account
select a.id, a.name, a.login, a.password, a.must_change, a.locked, a.failures, a.failed_at, a.totp, a.totp_step, a.mobile, a.subject, a.version, a.created
from account a where a.id = $1;

-- :account_all  :many  ($1 text after)  accounts of the instance, by sign-in name
select a.id, a.name, a.login, a.locked, case when a.totp is null then 0 else 1 end as totp
from account a where a.login > $1 order by a.login limit 101;

-- :account_in_body  :many  ($1 id body, $2 date day, $3 text after)  those with a seat in a body
select a.id, a.name, a.login, a.locked, case when a.totp is null then 0 else 1 end as totp
from account a
where a.login > $3 and a.id in (select s.account from seat s where s.body = $1 and s.end_date > $2)
order by a.login limit 101;

-- :account_add  :run  ($1 id id, $2 text login, $3 text name, $4 text password, $5 flag must_change, $6 instant now, $7 text mobile, $8 text subject)  a new account
insert into account (id, version, modified, created, login, name, password, must_change, locked, failures, failed_at, totp_step, mobile, subject)
values ($1, 1, $6, $6, $2, $3, $4, $5, 0, 0, 0, 0, $7, $8);

-- :account_password  :run  ($1 id id, $2 text password, $3 instant now)  chosen by its holder
update account set password = $2, must_change = 0, failures = 0, modified = $3, version = version + 1 where id = $1;

-- :account_must_change  :run  ($1 id id, $2 instant now)  after a slip
update account set must_change = 1, failures = 0, modified = $2, version = version + 1 where id = $1;

-- :account_failed  :run  ($1 id id, $2 instant now)  one wrong password more
update account set failures = failures + 1, failed_at = $2 where id = $1;

-- :account_entered  :run  ($1 id id)  signed in
update account set failures = 0 where id = $1;

-- :account_code_used  :run  ($1 id id, $2 int totp_step)  a TOTP code opens once
update account set totp_step = $2 where id = $1;

-- :account_lock  :run  ($1 id id, $2 flag locked, $3 instant now)  by an administrator
update account set locked = $2, failures = 0, modified = $3, version = version + 1 where id = $1;

-- :account_totp  :run  ($1 id id, $2 blob totp, $3 int totp_step, $4 instant now)  put in use, or out of it
update account set totp = $2, totp_step = $3, modified = $4, version = version + 1 where id = $1;

-- :account_contact  :run  ($1 id id, $2 text mobile, $3 text subject, $4 instant now)  for SMS codes and the city's sign-on
update account set mobile = $2, subject = $3, modified = $4, version = version + 1 where id = $1;

-- :account_came_from  :maybe  ($1 id body_id, $2 id account, $3 text address, $4 instant since)  whether he signed in from there
select j.number from journal j
where j.body_id = $1 and j.record = $2 and j.chain = 0 and j.kind = 'account' and j.deed = 'sign-in'
  and j.address = $3 and j.happened > $4
order by j.number desc limit 1;

-- :seat_of  :many  ($1 id account, $2 date day)  seats that hold on a day
select s.id, s.body, s.role, s.organization, s.person, b.name as body_name, o.name as organization_name, s.start_date, s.end_date
from seat s
left join body b on b.body_id = 0 and b.id = s.body
left join organization o on o.body_id = s.body and o.id = s.organization
where s.account = $1 and s.start_date <= $2 and s.end_date > $2 order by s.id limit 100;

-- :seat_all_of  :many  ($1 id account)  also those that ended
select s.id, s.body, s.role, s.organization, s.person, b.name as body_name, o.name as organization_name, s.start_date, s.end_date
from seat s
left join body b on b.body_id = 0 and b.id = s.body
left join organization o on o.body_id = s.body and o.id = s.organization
where s.account = $1 order by s.end_date desc, s.id limit 200;

-- :seat_add  :run  ($1 id id, $2 id account, $3 id body, $4 text role, $5 id organization, $6 id given_by, $7 date start_date, $8 date end_date, $9 instant now)  a seat given
insert into seat (id, version, modified, account, body, role, organization, given_by, start_date, end_date)
values ($1, 1, $9, $2, $3, $4, $5, $6, $7, $8);

-- :seat_end  :run  ($1 id id, $2 date end_date, $3 instant now)  a seat taken
update seat set end_date = $2, modified = $3, version = version + 1 where id = $1 and end_date > $2;

-- :seat_security_others  :one  ($1 id seat, $2 id account, $3 date day)  security administrators left without this seat, and without this account
select count(*) as others from seat s join account a on a.id = s.account
where s.role = 'security' and s.id <> $1 and s.account <> $2 and a.locked = 0
  and s.start_date <= $3 and s.end_date > $3;

-- :seat_own  :many  ($1 id body_id, $2 id organization, $3 date day)  the organization itself, and its parts of that day
select o.id from organization o where o.body_id = $1 and o.id = $2
union all
select o.id from organization o
where o.body_id = $1 and o.parent = $2 and o.start_date <= $3 and o.end_date > $3 limit 2000;

-- :seat_linked  :many  ($1 id body_id, $2 id organization, $3 date day)  organizations it has a link with, and their parts
select l.to_organization as organization from link l
where l.body_id = $1 and l.from_organization = $2 and l.start_date <= $3 and l.end_date > $3 and l.to_organization is not null
union
select l.from_organization from link l
where l.body_id = $1 and l.to_organization = $2 and l.start_date <= $3 and l.end_date > $3 and l.from_organization is not null
union
select o.id from link l join organization o on o.body_id = l.body_id and o.parent = l.to_organization
where l.body_id = $1 and l.from_organization = $2 and l.start_date <= $3 and l.end_date > $3;

-- :session_by_token  :maybe  ($1 blob token)  who is signed in with it
select s.id, s.account, s.seat, s.created, s.used from session s where s.token = $1;

-- :session_of  :many  ($1 id account)  where an account is signed in
select s.id, s.created, s.used, s.address, s.agent from session s where s.account = $1 order by s.used desc, s.id limit 100;

-- :session_add  :run  ($1 id id, $2 id account, $3 blob token, $4 instant now, $5 text address, $6 text agent, $7 id seat)  signed in
insert into session (id, account, seat, token, created, used, address, agent)
values ($1, $2, $7, $3, $4, $4, $5, $6);

-- :session_touch  :run  ($1 id id, $2 instant now)  still in use
update session set used = $2 where id = $1 and used < $2;

-- :session_seat  :run  ($1 id id, $2 id seat)  another seat is worn
update session set seat = $2 where id = $1;

-- :session_end  :run  ($1 id id, $2 id account)  signed out
delete from session where id = $1 and account = $2;

-- :session_end_token  :run  ($1 blob token)  replaced by another
delete from session where token = $1;

-- :session_end_others  :run  ($1 id account, $2 id but)  everywhere else
delete from session where account = $1 and id <> $2;

-- :session_purge  :run  ($1 instant used_before, $2 instant created_before)  those that ended by themselves
delete from session where used < $1 or created < $2;

-- :token_by_token  :maybe  ($1 blob token)  whose it is
select t.id, t.account, t.seat, t.scopes, t.expires from token t where t.token = $1;

-- :token_of  :many  ($1 id account)  tokens of an account
select t.id, t.name, t.scopes, t.created, t.expires from token t where t.account = $1 order by t.id desc limit 100;

-- :token_add  :run  ($1 id id, $2 id account, $3 id seat, $4 text name, $5 blob token, $6 text scopes, $7 instant now, $8 instant expires)  a new one
insert into token (id, account, seat, name, token, scopes, created, expires) values ($1, $2, $3, $4, $5, $6, $7, $8);

-- :token_purge  :run  ($1 id account, $2 instant now)  those that ended by themselves
delete from token where account = $1 and expires <= $2;

-- :token_end  :run  ($1 id id, $2 id account)  revoked
delete from token where id = $1 and account = $2;

-- :token_end_all  :run  ($1 id account)  with the account
delete from token where account = $1;

-- :recovery_add  :run  ($1 id account, $2 int position, $3 blob code)  one code
insert into recovery_code (body_id, owner, position, code) values (0, $1, $2, $3);

-- :recovery_use  :run  ($1 id account, $2 blob code)  it opens once
delete from recovery_code where body_id = 0 and owner = $1 and code = $2;

-- :recovery_clear  :run  ($1 id account)  before others are made
delete from recovery_code where body_id = 0 and owner = $1;

-- :recovery_has  :maybe  ($1 id account, $2 blob code)  whether it is one
select r.position from recovery_code r where r.body_id = 0 and r.owner = $1 and r.code = $2;

-- :recovery_left  :one  ($1 id account)  how many are left
select count(*) as n from recovery_code r where r.body_id = 0 and r.owner = $1;

-- :slip_add  :run  ($1 id id, $2 id account, $3 blob code, $4 id issued_by, $5 instant now, $6 instant expires)  issued
insert into slip (id, account, code, issued_by, created, expires, used) values ($1, $2, $3, $4, $5, $6, 0);

-- :slip_by_code  :maybe  ($1 blob code)  whose it is
select s.id, s.account, s.expires, s.used from slip s where s.code = $1;

-- :slip_open  :maybe  ($1 id account, $2 instant now)  one that was not used yet
select s.id from slip s where s.account = $1 and s.used = 0 and s.expires > $2 limit 1;

-- :slip_use  :run  ($1 id id)  it opens once
update slip set used = 1 where id = $1 and used = 0;

-- :slip_void  :run  ($1 id account)  an earlier slip holds no longer
update slip set used = 1 where account = $1 and used = 0;

-- :account_no_change  :run  ($1 id id)  who has no password need not change it
update account set must_change = 0 where id = $1 and password is null;

-- :sms_recent  :one  ($1 id account, $2 instant since)  how many were sent, and the last
select count(*) as n, coalesce(max(c.created), 0) as last from sms_code c where c.account = $1 and c.created > $2;

-- :sms_purge  :run  ($1 instant before)  those that are of no use
delete from sms_code where created <= $1;

-- :sms_add  :run  ($1 id id, $2 id account, $3 instant now)  one more
insert into sms_code (id, account, created, tries) values ($1, $2, $3, 0);

-- :sms_last  :maybe  ($1 text mobile)  the last one sent to a number
select c.id, c.created, c.tries, c.account from sms_code c
where c.account = (select a.id from account a where a.mobile = $1) order by c.created desc limit 1;

-- :sms_try  :run  ($1 id id)  one try of five
update sms_code set tries = tries + 1 where id = $1 and tries < 5;

-- :sms_use  :run  ($1 id account)  it opens once, and the others no more
delete from sms_code where account = $1;

-- :sms_out  :maybe  ($1 id id)  what is to be sent, and where
select c.created, a.mobile, a.locked from sms_code c join account a on a.id = c.account where c.id = $1;
