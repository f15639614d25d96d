-- What people are told. A thread is what one receiver hears of one change; a letter is
-- one thing that is said in it, and those of one message are sent together.
CREATE TABLE thread (
  id TEXT PRIMARY KEY, subject BIGINT NOT NULL, repo TEXT NOT NULL, consumer TEXT NOT NULL, port TEXT NOT NULL, channel TEXT NOT NULL, receiver TEXT NOT NULL,
  state TEXT NOT NULL, digests TEXT NOT NULL, notice TEXT NOT NULL, place TEXT NOT NULL, said BIGINT NOT NULL, reminded BIGINT NOT NULL
);
CREATE INDEX thread_subject ON thread (subject);
CREATE TABLE letter (
  id COUNTED, thread TEXT NOT NULL, key TEXT NOT NULL UNIQUE, state TEXT NOT NULL, notice TEXT NOT NULL, message TEXT NOT NULL DEFAULT '', gathered BIGINT NOT NULL DEFAULT 0,
  due BIGINT NOT NULL, held BIGINT NOT NULL DEFAULT 0, tries BIGINT NOT NULL DEFAULT 0, failure TEXT NOT NULL DEFAULT '', made BIGINT NOT NULL, sent BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX letter_thread ON letter (thread);
CREATE INDEX letter_state ON letter (state, due);
