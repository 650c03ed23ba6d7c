package io.souffleur.http;

import io.souffleur.actors.EngineClient;
import io.souffleur.actors.PromptJob;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.http.openai.AnswerHead;
import io.souffleur.http.openai.CallIds;
import io.souffleur.http.openai.ChatRequest;
import io.souffleur.http.openai.ChatRequestReader;
import io.souffleur.http.openai.CompletionRequest;
import io.souffleur.http.openai.CompletionRequestReader;
import io.souffleur.http.openai.CompletionWriter;
import io.souffleur.http.openai.ErrorWriter;
import io.souffleur.http.openai.GenerateBatch;
import io.souffleur.http.openai.GenerateRequest;
import io.souffleur.http.openai.GenerateRequestReader;
import io.souffleur.http.openai.Usage;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.function.LongSupplier;

/** Bodies of generating endpoints to the sessions that answer them. Safe for any thread. */
final class Planner {
  private final HttpSettings settings;
  private final EngineClient client;
  private final InstantSource clock;
  private final LongSupplier nanoClock;
  private final ChatRequestReader chatReader;
  private final CompletionRequestReader completionReader;
  private final GenerateRequestReader generateReader;
  private final CallIds callIds = new CallIds(new SecureRandom());

  Planner(HttpSettings settings, EngineClient client, Clocks clocks) {
    this.settings = settings;
    this.client = client;
    this.clock = clocks.wall();
    this.nanoClock = clocks.nanos();
    var limits = settings.bodies().limits();
    this.chatReader = new ChatRequestReader(limits, client.model());
    this.completionReader = new CompletionRequestReader(limits, client.model());
    this.generateReader = new GenerateRequestReader(limits, client.model());
  }

  Opening chat(byte[] body) {
    ChatRequest request = chatReader.read(body);
    AnswerHead head = head(request.requestId(), request.model());
    ChatForm form = new ChatForm(request, client.model(), head, settings.cacheReport(), callIds);
    PromptJob prompt = new PromptJob.Chat(
        Conversation.forTemplate(request.messages(), client.text().chatTemplate()),
        request.toolTrees(),
        request.templateArguments(),
        true,
        request.continuation());
    return Opening.single(new SessionPlan(head.id(), prompt, request.sampling(), form));
  }

  Opening completion(byte[] body) {
    CompletionRequest request = completionReader.read(body);
    AnswerHead head = head(request.requestId(), request.model());
    CompletionWriter writer = new CompletionWriter(head, settings.cacheReport());
    int count = request.prompts().size();
    JointAnswer joint = new JointAnswer(
        count,
        request.streaming().on(),
        ErrorWriter.OPENAI,
        new CompletionTail(writer, request.streaming().usageAtEnd()));
    List<SessionPlan> parts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      PromptJob prompt = request.prompts().get(i);
      String echo = request.echo() ? text(prompt) : "";
      parts.add(new SessionPlan(
          Opening.part(head.id(), i, count),
          prompt,
          request.sampling(),
          new CompletionForm(request, i, echo, writer, joint)));
    }
    return new Opening(head.id(), parts);
  }

  private record CompletionTail(CompletionWriter writer, boolean usageAtEnd)
      implements JointAnswer.Tail {
    @Override
    public String events(Usage total) {
      return usageAtEnd ? writer.usage(total) : "";
    }

    @Override
    public String body(List<String> parts, Usage total) {
      return writer.body(parts, total);
    }
  }

  Opening generate(byte[] body) {
    GenerateBatch batch = generateReader.read(body);
    int count = batch.requests().size();
    RequestId whole = id(batch.requestId());
    JointAnswer joint = new JointAnswer(
        count, batch.stream(), ErrorWriter.GENERATE, new GenerateTail(batch.list()));
    List<SessionPlan> parts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      GenerateRequest request = batch.requests().get(i);
      RequestId id = request.requestId().map(RequestId::new).orElse(Opening.part(whole, i, count));
      AnswerHead head = head(Optional.of(id.value()), client.model().servedName());
      OptionalInt index = batch.list() ? OptionalInt.of(i) : OptionalInt.empty();
      GenerateForm form =
          new GenerateForm(request, index, head, joint, settings.incrementalOutput(), nanoClock);
      parts.add(new SessionPlan(id, request.prompt(), request.sampling(), form));
    }
    return new Opening(whole, parts);
  }

  private record GenerateTail(boolean list) implements JointAnswer.Tail {
    @Override
    public String events(Usage total) {
      return "";
    }

    @Override
    public String body(List<String> parts, Usage total) {
      return list ? "[" + String.join(",", parts) + "]" : parts.getFirst();
    }
  }

  /** The text of a prompt; ids that a tokenizer does not know are no text. */
  private String text(PromptJob prompt) {
    return switch (prompt) {
      case PromptJob.Text raw -> raw.text();
      case PromptJob.Ids ids -> {
        var tokenizer = client.text().tokenizer();
        int[] known =
            Arrays.stream(ids.ids()).filter(id -> id < tokenizer.idLimit()).toArray();
        yield tokenizer.decode(known, false);
      }
      case PromptJob.Chat chat ->
        throw new IllegalStateException("completions have no conversation");
    };
  }

  private AnswerHead head(Optional<String> requestId, String model) {
    return new AnswerHead(id(requestId), clock.instant().getEpochSecond(), model);
  }

  private static RequestId id(Optional<String> given) {
    return new RequestId(given.orElseGet(() -> UUID.randomUUID().toString().replace("-", "")));
  }
}
