/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 *
 * smtp-load: puts load on an SMTP server, over plain TCP or after STARTTLS, and prints what it measured as one line of JSON.
 *
 * One thread, one epoll set, no allocation after the start: the server is to be what is measured, not the client.
 * Every reply line is checked against the code that the dialogue asks for at that place; anything else is an error and
 * ends that connection. The run always ends: by the last message, by too many errors, or by --limit.
 *
 *     cc -O2 -o smtp-load smtp-load.c -lssl -lcrypto
 *     ./smtp-load --port 2525 --connections 50 --per-connection 400
 *     ./smtp-load --port 2525 --connections 10000 --idle --hold 10
 *     ./smtp-load --port 2525 --handshakes --total 600
 *
 * Exit status: 0 all went well, 1 something went wrong on the way, 2 wrong usage.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <getopt.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum {
	LINE = 80,              /* bytes of a text line with its CRLF */
	BLOCK = 800 * LINE,     /* large messages repeat a block, which stays in the processor's cache */
	PIECES = 16,            /* parts of a message given to the kernel at once */
	EVENTS = 128,           /* events taken from the kernel at once */
	CONNECTING = 256,       /* idle mode: sessions being set up at the same time */
	MAX_ERRORS = 100,       /* the run is given up after this many */
	SHOWN_ERRORS = 5,       /* described on standard error */
	MIN_SPARE_FILES = 16,
};

struct text {
	char *bytes;
	size_t length;
};

static struct {
	const char *host, *port, *sender, *recipient;
	long connections, per_connection, total, size, recipients, hold, limit;
	bool pipelined, idle, tls, handshakes;
} options = {
	.host = "127.0.0.1", .port = "2525", .sender = "sender@example.org", .recipient = "recipient@example.com",
	.connections = 50, .per_connection = 0, .total = 0, .size = 4096, .recipients = 1, .hold = 0, .limit = 120,
};

/* What is sent, made once. A message is head, then `blocks` times block, then tail with the end of data. */
static struct {
	struct text ehlo, starttls, mail, rcpt, data, envelope, quit;
	struct text head, block, tail;
	size_t blocks, length;
} script;

/* Where a connection is: always the reply that is awaited next. */
enum phase { GREETING, EHLO, STARTTLS, HANDSHAKE, MAIL, RCPT, DATA, CONTENT, QUIT, CLOSE, IDLE, UNUSED };

static const struct {
	const char *name;
	int code; /* 0: no reply is allowed here */
} awaited[] = {
	[GREETING] = { "greeting", 220 }, [EHLO] = { "EHLO", 250 }, [STARTTLS] = { "STARTTLS", 220 },
	[HANDSHAKE] = { "TLS handshake", 0 }, [MAIL] = { "MAIL", 250 },
	[RCPT] = { "RCPT", 250 }, [DATA] = { "DATA", 354 }, [CONTENT] = { "content", 250 },
	[QUIT] = { "QUIT", 221 }, [CLOSE] = { "close", 0 }, [IDLE] = { "idle", 0 }, [UNUSED] = { "unused", 0 },
};

struct connection {
	int fd;
	SSL *tls;               /* from STARTTLS on */
	enum phase phase;
	long messages;          /* begun on this connection */
	long recipients;        /* of the present message, not yet answered */
	uint64_t began;         /* MAIL of the present message, nanoseconds */
	const char *unsent;     /* rest of a command that the socket did not take */
	size_t unsent_length;
	size_t position;        /* in the content that is being sent */
	int column, code;       /* the reply line that is being read */
	bool more, carriage_return;
};

static struct {
	int epoll;
	struct sockaddr_storage address;
	socklen_t address_length;
	struct connection *connections;
	long open, begun, done, failed, ready, errors;
	uint32_t *latencies;    /* microseconds, one per message */
	SSL_CTX *tls;
	bool input_over;        /* standard input ended, idle mode */
	uint64_t first, last;   /* start of the run and last message acknowledged, nanoseconds */
} run;

static uint64_t now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (uint64_t) time.tv_sec * 1000000000u + (uint64_t) time.tv_nsec;
}

static void die(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	fputs("smtp-load: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	exit(2);
}

static void *memory(size_t count, size_t size)
{
	void *result = calloc(count ? count : 1, size);
	if (!result)
		die("out of memory");
	return result;
}

/* ---- What is sent ---- */

static struct text text(const char *format, ...)
{
	struct text result;
	va_list arguments;
	va_start(arguments, format);
	int length = vasprintf(&result.bytes, format, arguments);
	va_end(arguments);
	if (length < 0)
		die("out of memory");
	result.length = (size_t) length;
	return result;
}

/* Letters in lines that end with CRLF, exactly `length` bytes and at least one line end. */
static void fill(char *bytes, size_t length)
{
	size_t at = 0;
	while (at < length) {
		size_t line = length - at < LINE ? length - at : LINE;
		if (length - at - line == 1) /* one byte is no line: leave two */
			line--;
		for (size_t i = 0; i + 2 < line; i++)
			bytes[at + i] = (char) ('a' + (at / LINE + i) % 26);
		bytes[at + line - 2] = '\r';
		bytes[at + line - 1] = '\n';
		at += line;
	}
}

static void write_script(void)
{
	static const char end[] = ".\r\n";
	script.ehlo = text("EHLO load.example\r\n");
	script.starttls = text("STARTTLS\r\n");
	script.mail = text("MAIL FROM:<%s>\r\n", options.sender);
	script.rcpt = text("RCPT TO:<%s>\r\n", options.recipient);
	script.data = text("DATA\r\n");
	script.quit = text("QUIT\r\n");

	/* Several recipients are told apart by a number before the address. */
	char *envelope;
	size_t length;
	FILE *stream = open_memstream(&envelope, &length);
	if (!stream)
		die("out of memory");
	fputs(script.mail.bytes, stream);
	for (long i = 0; i < options.recipients; i++) {
		if (i == 0)
			fputs(script.rcpt.bytes, stream);
		else
			fprintf(stream, "RCPT TO:<%ld.%s>\r\n", i, options.recipient);
	}
	fputs(script.data.bytes, stream);
	if (fclose(stream) != 0)
		die("out of memory");
	script.envelope = (struct text) { envelope, length };

	struct text header = text("From: <%s>\r\nTo: <%s>\r\nSubject: load\r\n\r\n", options.sender, options.recipient);
	size_t size = (size_t) options.size;
	if (size < header.length + 2)
		die("--size must be at least %zu", header.length + 2);
	size_t body = size - header.length;
	script.blocks = body >= 2 * BLOCK ? body / BLOCK - 1 : 0;
	size_t rest = body - script.blocks * BLOCK;

	/* Without blocks the message is one piece: everything is in the tail. */
	script.head = script.blocks ? header : (struct text) { header.bytes, 0 };
	script.block = (struct text) { memory(BLOCK, 1), BLOCK };
	fill(script.block.bytes, BLOCK);
	size_t front = script.blocks ? 0 : header.length;
	script.tail.length = front + rest + sizeof(end) - 1;
	script.tail.bytes = memory(script.tail.length, 1);
	memcpy(script.tail.bytes, header.bytes, front);
	fill(script.tail.bytes + front, rest);
	memcpy(script.tail.bytes + front + rest, end, sizeof(end) - 1);
	script.length = size + sizeof(end) - 1;
}

/* The message from `position` on, as pieces for the kernel. */
static int pieces_from(size_t position, struct iovec *pieces)
{
	int count = 0;
	const struct text *part = &script.head;
	size_t offset = position;
	size_t blocks = script.blocks;
	if (position >= script.head.length) {
		size_t behind = position - script.head.length;
		size_t passed = behind / BLOCK < blocks ? behind / BLOCK : blocks;
		blocks -= passed;
		offset = behind - passed * BLOCK;
		part = blocks ? &script.block : &script.tail;
	}
	while (count < PIECES) {
		pieces[count].iov_base = part->bytes + offset;
		pieces[count].iov_len = part->length - offset;
		count++;
		offset = 0;
		if (part == &script.tail)
			break;
		if (part == &script.block)
			blocks--;
		part = blocks ? &script.block : &script.tail;
	}
	return count;
}

/* ---- A connection's end ---- */

static bool open_connection(struct connection *c);

static bool more_to_begin(void)
{
	return run.errors < MAX_ERRORS && run.begun < (options.idle ? options.connections : options.total);
}

static void close_connection(struct connection *c)
{
	if (c->tls) {
		SSL_free(c->tls);
		c->tls = NULL;
	}
	close(c->fd);
	c->fd = -1;
	c->phase = UNUSED;
	run.open--;
}

/* Every error ends its connection and, if one was under way, its message; a new connection takes the place. */
static void fail(struct connection *c, const char *format, ...)
{
	enum phase phase = c->phase;
	if (run.errors++ < SHOWN_ERRORS) {
		va_list arguments;
		va_start(arguments, format);
		fprintf(stderr, "smtp-load: at %s: ", awaited[phase].name);
		vfprintf(stderr, format, arguments);
		fputc('\n', stderr);
		va_end(arguments);
	}
	if ((phase >= MAIL && phase <= CONTENT) || phase == HANDSHAKE)
		run.failed++;
	if (phase == IDLE)
		run.ready--;
	if (options.idle)
		run.failed++;
	close_connection(c);
	if (!options.idle && more_to_begin())
		open_connection(c);
}

/* ---- The network, with TLS or without: as send, sendmsg and recv ---- */

static ssize_t tls_result(struct connection *c, int result)
{
	if (result > 0)
		return result;
	switch (SSL_get_error(c->tls, result)) {
	case SSL_ERROR_ZERO_RETURN: return 0;
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE: errno = EAGAIN; return -1;
	default: errno = EPROTO; return -1;
	}
}

static ssize_t write_to(struct connection *c, const char *bytes, size_t length)
{
	if (!c->tls)
		return send(c->fd, bytes, length, MSG_NOSIGNAL);
	ERR_clear_error();
	return tls_result(c, SSL_write(c->tls, bytes, (int) length));
}

static ssize_t write_pieces_to(struct connection *c, struct iovec *pieces, int count)
{
	struct msghdr message = { .msg_iov = pieces, .msg_iovlen = (size_t) count };
	return c->tls ? write_to(c, pieces->iov_base, pieces->iov_len) : sendmsg(c->fd, &message, MSG_NOSIGNAL);
}

static ssize_t read_from(struct connection *c, char *bytes, size_t length)
{
	if (!c->tls)
		return recv(c->fd, bytes, length, 0);
	ERR_clear_error();
	return tls_result(c, SSL_read(c->tls, bytes, (int) length));
}

/* ---- Sending ---- */

static bool send_text(struct connection *c, const char *bytes, size_t length)
{
	ssize_t sent = write_to(c, bytes, length);
	if (sent < 0) {
		if (errno != EAGAIN && errno != EINTR) {
			fail(c, "send: %s", strerror(errno));
			return false;
		}
		sent = 0;
	}
	c->unsent = bytes + sent;
	c->unsent_length = length - (size_t) sent;
	return true;
}

static bool send_content(struct connection *c)
{
	while (c->position < script.length) {
		struct iovec pieces[PIECES];
		ssize_t sent = write_pieces_to(c, pieces, pieces_from(c->position, pieces));
		if (sent < 0) {
			if (errno == EAGAIN)
				return true;
			if (errno == EINTR)
				continue;
			fail(c, "send: %s", strerror(errno));
			return false;
		}
		c->position += (size_t) sent;
	}
	return true;
}

static bool send_rest(struct connection *c)
{
	if (c->unsent_length > 0 && !send_text(c, c->unsent, c->unsent_length))
		return false;
	if (c->phase == CONTENT && c->unsent_length == 0)
		return send_content(c);
	return true;
}

/* ---- The dialogue ---- */

static bool begin_message(struct connection *c)
{
	bool enough = options.per_connection > 0 && c->messages >= options.per_connection;
	if (enough || !more_to_begin()) {
		c->phase = QUIT;
		return send_text(c, script.quit.bytes, script.quit.length);
	}
	run.begun++;
	c->messages++;
	c->recipients = options.recipients;
	c->phase = MAIL;
	c->began = now();
	const struct text *first = options.pipelined ? &script.envelope : &script.mail;
	return send_text(c, first->bytes, first->length);
}

/* The recipients stand one after the other in the envelope, behind MAIL and before DATA. */
static bool next_recipient(struct connection *c)
{
	if (options.pipelined)
		return true;
	const char *line = script.envelope.bytes + script.mail.length;
	for (long passed = options.recipients - c->recipients; passed > 0; passed--)
		line = strchr(line, '\n') + 1;
	return send_text(c, line, (size_t) (strchr(line, '\n') + 1 - line));
}

/* One step of the handshake; the connection is closed and replaced at its end, if handshakes are all that is asked for. */
static bool shake_hands(struct connection *c)
{
	ERR_clear_error();
	int result = SSL_do_handshake(c->tls);
	if (result != 1) {
		if (tls_result(c, result) < 0 && errno == EAGAIN)
			return true;
		fail(c, "%s", ERR_reason_error_string(ERR_peek_error()));
		return false;
	}
	if (!options.handshakes) {
		c->phase = EHLO;
		return send_text(c, script.ehlo.bytes, script.ehlo.length);
	}
	run.last = now();
	run.latencies[run.done++] = (uint32_t) ((run.last - c->began) / 1000);
	SSL_shutdown(c->tls);
	close_connection(c);
	if (more_to_begin())
		open_connection(c);
	return false;
}

static bool begin_tls(struct connection *c)
{
	c->tls = SSL_new(run.tls);
	if (!c->tls || SSL_set_fd(c->tls, c->fd) != 1)
		die("TLS: %s", ERR_reason_error_string(ERR_peek_error()));
	SSL_set_connect_state(c->tls);
	c->phase = HANDSHAKE;
	c->began = now();
	return shake_hands(c);
}

static bool acknowledged(struct connection *c)
{
	run.last = now();
	run.latencies[run.done++] = (uint32_t) ((run.last - c->began) / 1000);
	return begin_message(c);
}

/* The awaited reply came: the next step. False if the connection is gone. */
static bool advance(struct connection *c)
{
	switch (c->phase) {
	case GREETING:
		c->phase = EHLO;
		return send_text(c, script.ehlo.bytes, script.ehlo.length);
	case STARTTLS:
		return begin_tls(c);
	case EHLO:
		if (options.tls && !c->tls) {
			c->phase = STARTTLS;
			return send_text(c, script.starttls.bytes, script.starttls.length);
		}
		if (!options.idle)
			return begin_message(c);
		c->phase = IDLE;
		run.ready++;
		return true;
	case MAIL:
		c->phase = RCPT;
		return next_recipient(c);
	case RCPT:
		if (--c->recipients > 0)
			return next_recipient(c);
		c->phase = DATA;
		return options.pipelined || send_text(c, script.data.bytes, script.data.length);
	case DATA:
		c->phase = CONTENT;
		c->position = 0;
		return send_content(c);
	case CONTENT:
		return acknowledged(c);
	case QUIT:
		c->phase = CLOSE; /* the server closes first */
		return true;
	default:
		return true;
	}
}

/* ---- Receiving ---- */

static bool line_complete(struct connection *c)
{
	int code = c->code, expected = awaited[c->phase].code;
	bool whole = c->column > 3 && c->carriage_return;
	bool last = !c->more;
	c->column = c->code = 0;
	c->more = c->carriage_return = false;
	if (!whole) {
		fail(c, "malformed reply line");
		return false;
	}
	if (code != expected) {
		fail(c, "%d instead of %d", code, expected);
		return false;
	}
	return !last || advance(c);
}

/* Takes the part of a reply line that stands before its text: code and separator. */
static bool line_start(struct connection *c, char byte)
{
	if (c->column < 3) {
		if (byte < '0' || byte > '9') {
			fail(c, "malformed reply code");
			return false;
		}
		c->code = c->code * 10 + (byte - '0');
	}
	else if (byte != ' ' && byte != '-' && byte != '\r') {
		fail(c, "malformed reply after %d", c->code);
		return false;
	}
	else {
		c->more = byte == '-';
		c->carriage_return = byte == '\r';
	}
	c->column++;
	return true;
}

static bool take(struct connection *c, const char *bytes, size_t length)
{
	const char *end = bytes + length;
	while (bytes < end) {
		if (c->column <= 3) {
			if (!line_start(c, *bytes++))
				return false;
			continue;
		}
		const char *line_feed = memchr(bytes, '\n', (size_t) (end - bytes));
		const char *stop = line_feed ? line_feed : end;
		if (stop > bytes)
			c->carriage_return = stop[-1] == '\r';
		bytes = stop + 1;
		if (line_feed && !line_complete(c))
			return false;
	}
	return true;
}

static void closed(struct connection *c)
{
	if (c->phase != CLOSE) {
		fail(c, "closed by the server");
		return;
	}
	close_connection(c);
	if (more_to_begin())
		open_connection(c);
}

static void receive(struct connection *c, bool hung_up)
{
	char buffer[16384];
	for (;;) {
		if (c->phase == HANDSHAKE) {
			if (!shake_hands(c) || c->phase == HANDSHAKE)
				return;
		}
		ssize_t length = read_from(c, buffer, sizeof(buffer));
		if (length == 0) {
			closed(c);
			return;
		}
		if (length < 0) {
			if (errno == EINTR)
				continue;
			if (errno != EAGAIN)
				fail(c, "receive: %s", strerror(errno));
			return;
		}
		if (!take(c, buffer, (size_t) length))
			return;
		/* Edge triggered: a short read says that nothing is left, but for the end of the stream. */
		if ((size_t) length < sizeof(buffer) && !hung_up && !c->tls)
			return;
	}
}

/* ---- The run ---- */

static bool open_connection(struct connection *c)
{
	int one = 1;
	memset(c, 0, sizeof(*c));
	c->phase = GREETING;
	c->fd = socket(run.address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (c->fd < 0)
		die("socket: %s", strerror(errno));
	run.open++;
	if (options.idle || options.handshakes)
		run.begun++;
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.ptr = c };
	if (connect(c->fd, (struct sockaddr *) &run.address, run.address_length) < 0 && errno != EINPROGRESS) {
		run.errors++;
		fprintf(stderr, "smtp-load: connect: %s\n", strerror(errno));
		close_connection(c);
		return false;
	}
	if (epoll_ctl(run.epoll, EPOLL_CTL_ADD, c->fd, &event) < 0)
		die("epoll_ctl: %s", strerror(errno));
	return true;
}

static bool over(uint64_t deadline)
{
	return now() >= deadline || run.errors >= MAX_ERRORS;
}

static void read_input(void)
{
	char ignored[256];
	run.input_over = read(STDIN_FILENO, ignored, sizeof(ignored)) <= 0;
}

static void handle_events(uint64_t deadline)
{
	struct epoll_event events[EVENTS];
	uint64_t time = now();
	int wait = time < deadline ? (int) ((deadline - time) / 1000000) + 1 : 0;
	int count = epoll_wait(run.epoll, events, EVENTS, wait);
	for (int i = 0; i < count; i++) {
		struct connection *c = events[i].data.ptr;
		if (!c) {
			read_input();
			continue;
		}
		if (c->phase == UNUSED)
			continue;
		uint32_t what = events[i].events;
		if ((what & EPOLLOUT) && (c->unsent_length > 0 || c->phase == CONTENT) && !send_rest(c))
			continue;
		if (what & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
			receive(c, (what & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0);
	}
}

static int ascending(const void *left, const void *right)
{
	uint32_t a = *(const uint32_t *) left, b = *(const uint32_t *) right;
	return (a > b) - (a < b);
}

static double cpu_seconds(void)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	return (double) (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
			+ (double) (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static int send_messages(uint64_t deadline)
{
	for (long i = 0; i < options.connections && i < options.total; i++)
		open_connection(&run.connections[i]);
	while (run.open > 0 && !over(deadline))
		handle_events(deadline);

	double seconds = run.done ? (double) (run.last - run.first) / 1e9 : 0;
	double rate = seconds > 0 ? (double) run.done / seconds : 0;
	qsort(run.latencies, (size_t) run.done, sizeof(*run.latencies), ascending);
	uint32_t p50 = run.done ? run.latencies[(run.done - 1) * 50 / 100] : 0;
	uint32_t p99 = run.done ? run.latencies[(run.done - 1) * 99 / 100] : 0;
	uint32_t max = run.done ? run.latencies[run.done - 1] : 0;
	bool complete = run.done == options.total && run.open == 0;
	printf("{\"messages\": %ld, \"seconds\": %.3f, \"messages_per_second\": %.1f, \"mib_per_second\": %.2f, "
			"\"p50_us\": %u, \"p99_us\": %u, \"max_us\": %u, \"errors\": %ld, \"complete\": %s, "
			"\"client_cpu_seconds\": %.3f}\n",
			run.done, seconds, rate, rate * (double) options.size / (1024 * 1024), p50, p99, max, run.errors,
			complete ? "true" : "false", cpu_seconds());
	return complete && run.errors == 0 ? 0 : 1;
}

/* Until standard input ends or the time is over. Standard input that cannot be waited for (a file) is left alone. */
static void hold(uint64_t deadline)
{
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };
	bool input = epoll_ctl(run.epoll, EPOLL_CTL_ADD, STDIN_FILENO, &event) == 0;
	uint64_t until = deadline;
	if (options.hold > 0 || !input)
		until = now() + (uint64_t) options.hold * 1000000000u;
	if (until > deadline)
		until = deadline;
	while (!run.input_over && !over(until))
		handle_events(until);
}

static int hold_sessions(uint64_t deadline)
{
	long opened = 0;
	while (run.ready + run.failed < options.connections && !over(deadline)) {
		while (opened < options.connections && run.open - run.ready < CONNECTING && run.errors < MAX_ERRORS) {
			if (!open_connection(&run.connections[opened++]))
				run.failed++;
		}
		handle_events(deadline);
	}
	bool complete = run.ready == options.connections;
	printf("{\"sessions\": %ld, \"seconds\": %.3f, \"errors\": %ld, \"complete\": %s, \"client_cpu_seconds\": %.3f}\n",
			run.ready, (double) (now() - run.first) / 1e9, run.errors, complete ? "true" : "false", cpu_seconds());
	fflush(stdout);
	hold(deadline);
	if (run.ready < options.connections)
		fprintf(stderr, "smtp-load: %ld sessions were lost\n", options.connections - run.ready);
	return run.ready == options.connections ? 0 : 1;
}

static long number(const char *option, const char *value, long least)
{
	char *end;
	errno = 0;
	long result = strtol(value, &end, 10);
	if (errno || *end || end == value || result < least || result > 1000000000)
		die("--%s: a number from %ld on, not \"%s\"", option, least, value);
	return result;
}

static void usage(FILE *out)
{
	fputs("usage: smtp-load [options]\n"
			"  --host ADDRESS         numeric address of the server (127.0.0.1)\n"
			"  --port PORT            its port (2525)\n"
			"  --connections N        open at the same time (50)\n"
			"  --per-connection N     messages on a connection before it is closed and replaced (no end)\n"
			"  --total N              messages in all (connections times per-connection)\n"
			"  --size BYTES           of a message, header included (4096)\n"
			"  --recipients N         of each message (1)\n"
			"  --tls                  STARTTLS on each connection; certificates are not checked\n"
			"  --handshakes           TLS handshakes instead of messages, --total of them, none resumed\n"
			"  --pipelined            MAIL, RCPT and DATA in one write\n"
			"  --sender, --recipient  addresses\n"
			"  --idle                 no messages: open the connections, EHLO, print the result, hold them until\n"
			"                         standard input ends or --hold is over\n"
			"  --hold SECONDS         how long --idle holds; 0 only by standard input (0)\n"
			"  --limit SECONDS        the whole run ends after this time (120)\n", out);
}

static void read_options(int count, char **arguments)
{
	enum { HOST = 1, PORT, CONNECTIONS, PER_CONNECTION, TOTAL, SIZE, RECIPIENTS, PIPELINED, SENDER, RECIPIENT,
		IDLE_MODE, HOLD, LIMIT, TLS, HANDSHAKES, HELP };
	static const struct option known[] = {
		{ "host", required_argument, 0, HOST }, { "port", required_argument, 0, PORT },
		{ "connections", required_argument, 0, CONNECTIONS },
		{ "per-connection", required_argument, 0, PER_CONNECTION }, { "total", required_argument, 0, TOTAL },
		{ "size", required_argument, 0, SIZE }, { "recipients", required_argument, 0, RECIPIENTS },
		{ "pipelined", no_argument, 0, PIPELINED }, { "sender", required_argument, 0, SENDER },
		{ "recipient", required_argument, 0, RECIPIENT }, { "idle", no_argument, 0, IDLE_MODE },
		{ "hold", required_argument, 0, HOLD }, { "limit", required_argument, 0, LIMIT },
		{ "tls", no_argument, 0, TLS }, { "handshakes", no_argument, 0, HANDSHAKES },
		{ "help", no_argument, 0, HELP }, { 0, 0, 0, 0 },
	};
	int option, index = 0;
	while ((option = getopt_long(count, arguments, "", known, &index)) != -1) {
		const char *name = known[index].name;
		switch (option) {
		case HOST: options.host = optarg; break;
		case PORT: options.port = optarg; break;
		case CONNECTIONS: options.connections = number(name, optarg, 1); break;
		case PER_CONNECTION: options.per_connection = number(name, optarg, 1); break;
		case TOTAL: options.total = number(name, optarg, 1); break;
		case SIZE: options.size = number(name, optarg, 1); break;
		case RECIPIENTS: options.recipients = number(name, optarg, 1); break;
		case HANDSHAKES: options.handshakes = true; /* fall through */
		case TLS: options.tls = true; break;
		case PIPELINED: options.pipelined = true; break;
		case SENDER: options.sender = optarg; break;
		case RECIPIENT: options.recipient = optarg; break;
		case IDLE_MODE: options.idle = true; break;
		case HOLD: options.hold = number(name, optarg, 0); break;
		case LIMIT: options.limit = number(name, optarg, 1); break;
		case HELP: usage(stdout); exit(0);
		default: usage(stderr); exit(2);
		}
	}
	if (optind < count) {
		usage(stderr);
		exit(2);
	}
	if (!options.idle && options.total == 0) {
		if (options.per_connection == 0)
			die("one of --total and --per-connection is needed");
		options.total = options.connections * options.per_connection;
	}
}

static void prepare(void)
{
	struct addrinfo hints = { .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM }, *found;
	int error = getaddrinfo(options.host, options.port, &hints, &found);
	if (error)
		die("%s port %s: %s", options.host, options.port, gai_strerror(error));
	memcpy(&run.address, found->ai_addr, found->ai_addrlen);
	run.address_length = found->ai_addrlen;
	freeaddrinfo(found);

	struct rlimit files;
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	if (files.rlim_cur < (rlim_t) options.connections + MIN_SPARE_FILES)
		die("%ld connections need more open files than the %lu allowed", options.connections,
				(unsigned long) files.rlim_cur);

	run.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (run.epoll < 0)
		die("epoll: %s", strerror(errno));
	run.connections = memory((size_t) options.connections, sizeof(struct connection));
	for (long i = 0; i < options.connections; i++)
		run.connections[i] = (struct connection) { .fd = -1, .phase = UNUSED };
	run.latencies = memory((size_t) options.total, sizeof(uint32_t));
	write_script();
	if (options.tls) {
		signal(SIGPIPE, SIG_IGN); /* OpenSSL writes without MSG_NOSIGNAL */
		run.tls = SSL_CTX_new(TLS_client_method());
		if (!run.tls)
			die("TLS: %s", ERR_reason_error_string(ERR_peek_error()));
		SSL_CTX_set_verify(run.tls, SSL_VERIFY_NONE, NULL);
		SSL_CTX_set_session_cache_mode(run.tls, SSL_SESS_CACHE_OFF);
		SSL_CTX_set_mode(run.tls, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
	}
}

int main(int count, char **arguments)
{
	read_options(count, arguments);
	prepare();
	run.first = now();
	uint64_t deadline = run.first + (uint64_t) options.limit * 1000000000u;
	return options.idle ? hold_sessions(deadline) : send_messages(deadline);
}
