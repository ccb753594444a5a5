// Copyright the mailio authors. SPDX-License-Identifier: Apache-2.0
// Sends a file with nodemailer; NodemailerTests says what.
const fs = require('fs');
const nodemailer = require('nodemailer');

const [host, port, encryption, certificate, mechanism, user, pass, from, to, message] = process.argv.slice(2);

const transport = nodemailer.createTransport({
	host,
	port: Number(port),
	name: 'client.example',
	secure: encryption === 'IMPLICIT',
	ignoreTLS: encryption === 'NONE',
	requireTLS: encryption === 'STARTTLS',
	tls: { ca: fs.readFileSync(certificate) },
	auth: mechanism ? { user, pass } : undefined,
	authMethod: mechanism || undefined,
	socketTimeout: 30000,
	logger: true,
	debug: true
});

transport.sendMail({ envelope: { from, to: [to], use8BitMime: true }, raw: fs.readFileSync(message) })
	.then(() => transport.close(), (error) => {
		console.error(error);
		process.exitCode = 1;
	});
