-- Who objects to what, so that silence is no consent.
CREATE TABLE objection (
  id COUNTED, subject BIGINT NOT NULL, digest TEXT NOT NULL, finding TEXT NOT NULL, consumer TEXT NOT NULL, login TEXT NOT NULL, reason TEXT NOT NULL, at BIGINT NOT NULL,
  UNIQUE (subject, digest, consumer, login)
);
