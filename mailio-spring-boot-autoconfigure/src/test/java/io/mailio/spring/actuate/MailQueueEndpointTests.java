/*
 * Copyright the mailio authors.
 * SPDX-License-Identifier: Apache-2.0
 */

package io.mailio.spring.actuate;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

import io.mailio.SmtpRelay;
import io.mailio.SmtpServer;
import io.mailio.queue.MessageQueue;
import io.mailio.queue.MessageState;
import io.mailio.queue.NewMessage;
import io.mailio.queue.QueueId;
import io.mailio.smtp.Envelope;
import io.mailio.smtp.Mailbox;
import io.mailio.smtp.ReversePath;
import io.mailio.spring.autoconfigure.MailQueueEndpointAutoConfiguration;
import io.mailio.spring.autoconfigure.MailioAutoConfiguration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.jackson.JacksonEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementContextAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.reactor.netty.autoconfigure.NettyReactiveWebServerAutoConfiguration;
import org.springframework.boot.reactor.netty.autoconfigure.actuate.web.server.NettyReactiveManagementContextAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webflux.autoconfigure.HttpHandlerAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration;
import org.springframework.boot.webflux.autoconfigure.error.ErrorWebFluxAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/** What the endpoint shows and changes, over HTTP. */
@Timeout(120)
class MailQueueEndpointTests {

	@TempDir
	private Path directory;

	private final HttpClient http = HttpClient.newHttpClient();

	private ConfigurableApplicationContext context;

	private MessageQueue queue;

	@AfterEach
	void stop() {
		if (this.context != null) {
			this.context.close();
		}
	}

	private void start(String... arguments) {
		SpringApplication application = new SpringApplication(Application.class);
		List<String> all = new ArrayList<>(List.of("--spring.main.web-application-type=reactive", "--server.port=0",
				"--server.address=127.0.0.1", "--management.endpoints.web.exposure.include=mailqueue",
				"--mailio.port=0", "--mailio.address=127.0.0.1", "--mailio.domains=foo.com",
				"--mailio.relay.enabled=true", "--mailio.queue.directory=" + this.directory.resolve("queue"),
				"--mailio.handlers.queue.maildir.enabled=false"));
		all.addAll(List.of(arguments));
		this.context = application.run(all.toArray(String[]::new));
		this.queue = this.context.getBean(SmtpRelay.class).queue();
	}

	/** Waits for a day, so that nothing is sent. */
	private QueueId enqueue(String... to) {
		byte[] content = "Subject: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
		return this.context.getBean(SmtpRelay.class)
			.send(Envelope.of(ReversePath.of(Mailbox.of("app@foo.com")),
					List.of(to).stream().map(Mailbox::of).toArray(Mailbox[]::new)), new NewMessage.Source() {
						@Override
						public long size() {
							return content.length;
						}

						@Override
						public InputStream openStream() {
							return new ByteArrayInputStream(content);
						}
					}, Instant.now().plus(Duration.ofDays(1)))
			.toCompletableFuture()
			.join();
	}

	private HttpResponse<String> request(String method, String path, String body) throws Exception {
		URI uri = URI.create("http://127.0.0.1:" + this.context.getEnvironment().getProperty("local.server.port")
				+ "/actuator/mailqueue" + path);
		return this.http.send(HttpRequest.newBuilder(uri)
			.header("Content-Type", "application/json")
			.method(method, (body != null) ? BodyPublishers.ofString(body) : BodyPublishers.noBody())
			.build(), BodyHandlers.ofString());
	}

	private JsonNode get(String path) throws Exception {
		HttpResponse<String> response = request("GET", path, null);
		assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
		return JsonMapper.builder().build().readTree(response.body());
	}

	private int act(String path, String action) throws Exception {
		return request("POST", path, "{\"action\": \"" + action + "\"}").statusCode();
	}

	private MessageState state(QueueId id) throws Exception {
		return this.queue.find(id).orElseThrow().waiting().get(0).state();
	}

	@Test
	void saysThatTheServerIsStopped() throws Exception {
		start();
		this.context.getBean(SmtpServer.class).close();
		for (String path : List.of("", "/messages", "/messages/00")) {
			HttpResponse<String> response = request("GET", path, null);
			assertThat(response.statusCode()).as(path).isEqualTo(503);
			assertThat(response.body()).contains("SMTP server is stopped");
		}
		assertThat(act("/destinations/a.example", "suspend")).isEqualTo(503);
		assertThat(request("DELETE", "/messages/00", null).statusCode()).isEqualTo(503);
		this.context.getBean(SmtpServer.class).start();
		assertThat(get("").get("messages").asInt()).isZero();
	}

	@Test
	void tellsHowMuchWaitsForWhat() throws Exception {
		start();
		enqueue("a@one.example", "b@two.example");
		enqueue("a@one.example");
		JsonNode summary = get("");
		assertThat(summary.get("messages").asInt()).isEqualTo(2);
		assertThat(summary.get("octets").asInt()).isEqualTo(28);
		assertThat(summary.at("/states/DEFERRED").asInt()).isEqualTo(3);
		assertThat(summary.get("destinationCount").asInt()).isEqualTo(2);
		assertThat(summary.at("/destinations/one.example/DEFERRED").asInt()).isEqualTo(2);
		assertThat(summary.get("suspended").isEmpty()).isTrue();
	}

	@Test
	void listsMessagesPageByPage() throws Exception {
		start();
		QueueId first = enqueue("a@one.example");
		QueueId second = enqueue("b@two.example");
		QueueId third = enqueue("c@one.example");
		JsonNode page = get("/messages?limit=2");
		assertThat(page.get("messages").findValuesAsString("id")).containsExactly(first.toString(), second.toString());
		JsonNode rest = get("/messages?limit=2&after=" + page.get("next").asString());
		assertThat(rest.get("messages").findValuesAsString("id")).containsExactly(third.toString());
		assertThat(rest.get("next").isNull()).isTrue();
		assertThat(get("/messages?destination=one.example").get("messages").findValuesAsString("id"))
			.containsExactly(first.toString(), third.toString());
		assertThat(get("/messages?state=held").get("messages").isEmpty()).isTrue();
		assertThat(get("/messages?state=deferred").get("messages").size()).isEqualTo(3);
	}

	@Test
	void showsOneMessage() throws Exception {
		start();
		QueueId id = enqueue("a@one.example", "b@one.example");
		JsonNode message = get("/messages/" + id);
		assertThat(message.get("from").asString()).isEqualTo("app@foo.com");
		assertThat(message.get("size").asInt()).isEqualTo(14);
		assertThat(Instant.parse(message.at("/waiting/0/nextAttempt").asString())).isAfter(Instant.now());
		assertThat(message.at("/waiting/0/recipients/1").asString()).isEqualTo("b@one.example");
		assertThat(message.at("/waiting/0/attempts").asInt()).isZero();
		assertThat(message.at("/waiting/0/lastReply").isNull()).isTrue();
		assertThat(message.at("/waiting/0/history").isArray()).isTrue();
	}

	@Test
	void showsWhatWasTried() throws Exception {
		start("--mailio.relay.smart-host.host=127.0.0.1", "--mailio.relay.smart-host.port=1");
		String path = "/messages/" + enqueue("a@one.example");
		Instant before = Instant.now().truncatedTo(ChronoUnit.MILLIS);
		assertThat(act(path, "retry")).isEqualTo(204);
		Awaitility.await().until(() -> get(path).at("/waiting/0/attempts").asInt() == 1);
		JsonNode waiting = get(path).at("/waiting/0");
		assertThat(waiting.get("history").size()).isOne();
		assertThat(Instant.parse(waiting.at("/history/0/ended").asString())).isAfterOrEqualTo(before);
		assertThat(waiting.at("/history/0/reply")).isEqualTo(waiting.get("lastReply"));
		assertThat(waiting.get("lastReply").asString())
			.isEqualTo("421 4.4.1 Cannot connect to 127.0.0.1 [127.0.0.1]:1: Connection refused");
		Instant until = Instant.parse(get("").get("paused").get(waiting.get("destination").asString()).asString());
		assertThat(until).isAfter(before);
	}

	@Test
	void changesMessagesAndDestinations() throws Exception {
		start();
		QueueId id = enqueue("a@one.example");
		assertThat(act("/messages/" + id, "hold")).isEqualTo(204);
		assertThat(state(id)).isEqualTo(MessageState.HELD);
		assertThat(act("/messages/" + id, "release")).isEqualTo(204);
		assertThat(state(id)).isNotEqualTo(MessageState.HELD);
		assertThat(act("/destinations/one.example", "suspend")).isEqualTo(204);
		String smartHost = URLEncoder.encode("[127.0.0.1]:25", StandardCharsets.US_ASCII);
		assertThat(act("/destinations/" + smartHost, "suspend")).isEqualTo(204);
		assertThat(this.queue.suspended()).containsExactlyInAnyOrder("one.example", "[127.0.0.1]:25");
		assertThat(act("/messages/" + id, "retry")).isEqualTo(204);
		assertThat(state(id)).isEqualTo(MessageState.READY);
		assertThat(request("DELETE", "/messages/" + id, null).statusCode()).isEqualTo(204);
		assertThat(this.queue.find(id)).isEmpty();
		assertThat(act("/destinations/one.example", "resume")).isEqualTo(204);
		assertThat(this.queue.suspended()).containsExactly("[127.0.0.1]:25");
	}

	@Test
	void whatIsNotThereIs404AndWhatIsWrong400() throws Exception {
		start();
		for (String path : List.of("/messages/zz", "/nothing", "/nothing/1")) {
			assertThat(request("GET", path, null).statusCode()).as(path).isEqualTo(404);
		}
		for (String path : List.of("/messages/A%20B", "/messages/0", "/messages?limit=0", "/messages?limit=501",
				"/messages?limit=x", "/messages?state=lost", "/messages?after=%21")) {
			assertThat(request("GET", path, null).statusCode()).as(path).isEqualTo(400);
		}
		assertThat(request("DELETE", "/messages/zz", null).statusCode()).isEqualTo(404);
		assertThat(request("DELETE", "/messages/-", null).statusCode()).isEqualTo(400);
		assertThat(request("DELETE", "/destinations/one.example", null).statusCode()).isEqualTo(404);
		assertThat(act("/messages/zz", "hold")).isEqualTo(404);
		assertThat(act("/nothing/zz", "hold")).isEqualTo(404);
		assertThat(act("/messages/zz", "suspend")).isEqualTo(400);
		assertThat(act("/messages/-", "hold")).isEqualTo(400);
		assertThat(act("/messages/zz", "lose")).isEqualTo(400);
		assertThat(act("/destinations/one.example", "hold")).isEqualTo(400);
		assertThat(act("/destinations/%20", "suspend")).isEqualTo(400);
	}

	@Test
	void whatIsWrongComesWithItsReason() throws Exception {
		start();
		QueueId id = enqueue("a@one.example");
		this.queue.hold(id);
		assertThat(reason("GET", "/messages/A%20B", null)).contains("digits and lower-case letters", "'A B'");
		assertThat(reason("GET", "/messages?limit=501", null)).isEqualTo("The limit is 1 to 500, not 501");
		assertThat(reason("GET", "/messages?limit=x", null)).isEqualTo("What is given as limit must be a number");
		assertThat(reason("GET", "/messages?state=lost", null)).endsWith("one of READY, DEFERRED, IN_FLIGHT, HELD");
		assertThat(reason("POST", "/messages/" + id, "{\"action\": \"lose\"}")).contains("RETRY, HOLD, RELEASE");
		assertThat(reason("POST", "/messages/" + id, "{}")).startsWith("What is given as action must be one of");
		assertThat(reason("POST", "/messages/" + id, "{\"action\": \"suspend\"}"))
			.isEqualTo("What can be done with a message is retry, hold and release");
		assertThat(reason("POST", "/messages/" + id, "{\"action\": \"retry\"}")).startsWith("The message is held");
		assertThat(state(id)).isEqualTo(MessageState.HELD);
		assertThat(get("/messages?state=in-flight").get("messages").isEmpty()).isTrue();
	}

	private String reason(String method, String path, String body) throws Exception {
		HttpResponse<String> response = request(method, path, body);
		assertThat(response.statusCode()).as(path).isEqualTo(400);
		return JsonMapper.builder().build().readTree(response.body()).get("error").asString();
	}

	@Test
	void aServerIsNamedWithoutBracketsToo() throws Exception {
		start();
		assertThat(act("/destinations/smart.example:587", "suspend")).isEqualTo(204);
		assertThat(act("/destinations/%5B::1%5D:25", "suspend")).isEqualTo(204);
		assertThat(this.queue.suspended()).containsExactlyInAnyOrder("[smart.example]:587", "[::1]:25");
		assertThat(act("/destinations/smart.example:587", "resume")).isEqualTo(204);
		assertThat(this.queue.suspended()).containsExactly("[::1]:25");
	}

	@ParameterizedTest
	@ValueSource(strings = { "management.endpoint.mailqueue.access=read-only",
			"management.endpoints.access.max-permitted=read-only" })
	void readOnlyAccessChangesNothing(String access) throws Exception {
		start("--" + access);
		QueueId id = enqueue("a@one.example");
		assertThat(get("/messages/" + id).get("id").asString()).isEqualTo(id.toString());
		assertThat(act("/messages/" + id, "hold")).isEqualTo(405);
		assertThat(request("DELETE", "/messages/" + id, null).statusCode()).isEqualTo(405);
		assertThat(act("/destinations/one.example", "suspend")).isEqualTo(405);
		assertThat(state(id)).isEqualTo(MessageState.DEFERRED);
		assertThat(this.queue.suspended()).isEmpty();
	}

	private ApplicationContextRunner runner() {
		return new ApplicationContextRunner()
			.withConfiguration(
					AutoConfigurations.of(MailQueueEndpointAutoConfiguration.class, MailioAutoConfiguration.class))
			.withPropertyValues("mailio.port=0", "mailio.address=127.0.0.1", "mailio.relay.enabled=true",
					"management.endpoints.web.exposure.include=mailqueue",
					"mailio.queue.directory=" + this.directory.resolve("queue"),
					"mailio.handlers.queue.maildir.enabled=false");
	}

	@Test
	void isThereWhereItIsExposedAndThereIsARelay() {
		runner().run((exposed) -> assertThat(exposed).hasSingleBean(MailQueueEndpoint.class)
			.hasSingleBean(MailQueueWebExtension.class));
		for (String property : List.of("management.endpoints.web.exposure.include=health",
				"management.endpoint.mailqueue.access=NONE", "mailio.relay.enabled=false")) {
			runner().withPropertyValues(property)
				.run((without) -> assertThat(without).hasNotFailed().doesNotHaveBean("mailQueueEndpoint"));
		}
		runner().withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
			.run((without) -> assertThat(without).hasNotFailed().doesNotHaveBean("mailQueueEndpoint"));
	}

	@ImportAutoConfiguration({ MailioAutoConfiguration.class, MailQueueEndpointAutoConfiguration.class,
			EndpointAutoConfiguration.class, WebEndpointAutoConfiguration.class, JacksonEndpointAutoConfiguration.class,
			ManagementContextAutoConfiguration.class, NettyReactiveManagementContextAutoConfiguration.class,
			NettyReactiveWebServerAutoConfiguration.class, HttpHandlerAutoConfiguration.class,
			WebFluxAutoConfiguration.class, ErrorWebFluxAutoConfiguration.class, CodecsAutoConfiguration.class,
			JacksonAutoConfiguration.class })
	static class Application {

	}

}
