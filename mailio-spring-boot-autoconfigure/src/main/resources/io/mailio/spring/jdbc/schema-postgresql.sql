-- The tables of mailio's queue (mailio.queue.type=jdbc) for PostgreSQL 12 or later; see docs/queue.md.
-- With another mailio.queue.jdbc.table-prefix, put that in the place of mailio_ everywhere.

-- Names of messages begin with six characters.
CREATE SEQUENCE IF NOT EXISTS mailio_message_id START WITH 60466176;

CREATE TABLE IF NOT EXISTS mailio_message (
	id BIGINT PRIMARY KEY,
	enqueued TIMESTAMP WITH TIME ZONE NOT NULL,
	-- From when on it could be sent.
	begun TIMESTAMP WITH TIME ZONE NOT NULL,
	size BIGINT NOT NULL,
	-- Empty for the null sender.
	sender VARCHAR NOT NULL,
	-- Those of the MAIL command.
	parameters VARCHAR NOT NULL
);

-- The octets, in pieces of 256 KiB that are numbered from 0.
CREATE TABLE IF NOT EXISTS mailio_content (
	message_id BIGINT NOT NULL REFERENCES mailio_message ON DELETE CASCADE,
	piece INTEGER NOT NULL,
	octets BYTEA NOT NULL,
	PRIMARY KEY (message_id, piece)
);

-- What waits for each destination of a message.
CREATE TABLE IF NOT EXISTS mailio_delivery (
	message_id BIGINT NOT NULL REFERENCES mailio_message ON DELETE CASCADE,
	destination VARCHAR(255) NOT NULL,
	-- When it is to be tried (again).
	due TIMESTAMP WITH TIME ZONE NOT NULL,
	-- When anybody may claim it: when it is due; while it is in flight, when the lease ends; never while it is held.
	claimable TIMESTAMP WITH TIME ZONE,
	held BOOLEAN NOT NULL,
	attempts INTEGER NOT NULL,
	last_attempt TIMESTAMP WITH TIME ZONE,
	-- Who has it in flight: a number for each claim, and the name of the node.
	lease BIGINT,
	leased_by VARCHAR,
	PRIMARY KEY (message_id, destination)
);

-- To claim: the first row of a destination that is due is the first one of this index.
CREATE INDEX IF NOT EXISTS mailio_delivery_next ON mailio_delivery (destination, claimable, message_id);

-- To look for what has become due since the last look: just those rows are read.
CREATE INDEX IF NOT EXISTS mailio_delivery_news ON mailio_delivery (claimable, destination);

CREATE TABLE IF NOT EXISTS mailio_recipient (
	message_id BIGINT NOT NULL,
	destination VARCHAR(255) NOT NULL,
	number INTEGER NOT NULL,
	address VARCHAR NOT NULL,
	-- Those of the RCPT command.
	parameters VARCHAR NOT NULL,
	PRIMARY KEY (message_id, destination, number),
	FOREIGN KEY (message_id, destination) REFERENCES mailio_delivery ON DELETE CASCADE
);

-- The last ten attempts.
CREATE TABLE IF NOT EXISTS mailio_attempt (
	message_id BIGINT NOT NULL,
	destination VARCHAR(255) NOT NULL,
	number INTEGER NOT NULL,
	ended TIMESTAMP WITH TIME ZONE NOT NULL,
	reply VARCHAR NOT NULL,
	PRIMARY KEY (message_id, destination, number),
	FOREIGN KEY (message_id, destination) REFERENCES mailio_delivery ON DELETE CASCADE
);

CREATE TABLE IF NOT EXISTS mailio_suspension (
	destination VARCHAR(255) PRIMARY KEY
);

-- The latest time that was seen, in one row: so it is noticed when the clock of the database is set back.
CREATE TABLE IF NOT EXISTS mailio_clock (
	id INTEGER PRIMARY KEY,
	seen TIMESTAMP WITH TIME ZONE NOT NULL
);
