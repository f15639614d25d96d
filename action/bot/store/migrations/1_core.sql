-- What came in: one row for each delivery, and one for each command.
CREATE TABLE delivery (guid TEXT PRIMARY KEY, event TEXT NOT NULL, action TEXT NOT NULL, repo TEXT NOT NULL, digest TEXT NOT NULL, received BIGINT NOT NULL);
CREATE INDEX delivery_received ON delivery (received);
CREATE TABLE once (name TEXT PRIMARY KEY, at BIGINT NOT NULL);

-- What has to be brought up to date, and who is at it.
CREATE TABLE subject (
  id COUNTED, installation BIGINT NOT NULL, repo TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
  wanted BIGINT NOT NULL, done BIGINT NOT NULL DEFAULT 0, holder TEXT NOT NULL DEFAULT '', held BIGINT NOT NULL DEFAULT 0,
  touched BIGINT NOT NULL, failure TEXT NOT NULL DEFAULT '', UNIQUE (repo, kind, name)
);

-- What became of it: of each subject the latest verdict, and where it is shown.
CREATE TABLE verdict (
  subject BIGINT PRIMARY KEY, head TEXT NOT NULL, run BIGINT NOT NULL, annotated BIGINT NOT NULL, finished BIGINT NOT NULL,
  conclusion TEXT NOT NULL, verdict TEXT NOT NULL, report TEXT NOT NULL, roles TEXT NOT NULL, open BIGINT NOT NULL, url TEXT NOT NULL, at BIGINT NOT NULL
);

-- Copies of what the forge has: git's objects, which never change, and answers with
-- their tags.
CREATE TABLE object (repo TEXT NOT NULL, id TEXT NOT NULL, content BYTES NOT NULL, used BIGINT NOT NULL, PRIMARY KEY (repo, id));
CREATE INDEX object_used ON object (used);
CREATE TABLE answer (name TEXT PRIMARY KEY, tag TEXT NOT NULL, content BYTES NOT NULL, used BIGINT NOT NULL);

-- What the default branches of all repositories say of ports and consumers.
CREATE TABLE repository (
  repo TEXT PRIMARY KEY, installation BIGINT NOT NULL, head TEXT NOT NULL, build TEXT NOT NULL, collected BIGINT NOT NULL, failure TEXT NOT NULL
);
CREATE TABLE tip (repo TEXT NOT NULL, head TEXT NOT NULL, at BIGINT NOT NULL, PRIMARY KEY (repo, head));
CREATE TABLE port (repo TEXT NOT NULL, id TEXT NOT NULL, contract TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (repo, id));
CREATE TABLE reading (repo TEXT NOT NULL, n BIGINT NOT NULL, consumer TEXT NOT NULL, port TEXT NOT NULL, contract TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY (repo, n));
CREATE INDEX reading_port ON reading (port);
CREATE INDEX reading_contract ON reading (contract);

-- Who agreed to what, and what everybody did.
CREATE TABLE ack (
  id COUNTED, subject BIGINT NOT NULL, digest TEXT NOT NULL, finding TEXT NOT NULL, login TEXT NOT NULL, reason TEXT NOT NULL, until BIGINT NOT NULL, at BIGINT NOT NULL,
  UNIQUE (subject, digest, login)
);
CREATE TABLE audit (id COUNTED, at BIGINT NOT NULL, actor TEXT NOT NULL, repo TEXT NOT NULL, about TEXT NOT NULL, did TEXT NOT NULL, detail TEXT NOT NULL);
CREATE INDEX audit_repo ON audit (repo, at);
