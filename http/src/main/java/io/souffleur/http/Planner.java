package io.souffleur.http;

import io.souffleur.actors.EngineClient;
import io.souffleur.actors.PromptJob;
import io.souffleur.contracts.request.RequestId;
import io.souffleur.http.openai.AnswerHead;
import io.souffleur.http.openai.CallIds;
import io.souffleur.http.openai.ChatAnswerWriter;
import io.souffleur.http.openai.ChatRequest;
import io.souffleur.http.openai.ChatRequestReader;
import io.souffleur.http.openai.ChunkWriter;
import io.souffleur.http.openai.CompletionRequest;
import io.souffleur.http.openai.CompletionRequestReader;
import io.souffleur.http.openai.CompletionWriter;
import io.souffleur.http.openai.ErrorWriter;
import io.souffleur.http.openai.GenerateBatch;
import io.souffleur.http.openai.GenerateRequest;
import io.souffleur.http.openai.GenerateRequestReader;
import io.souffleur.http.openai.ScoreWriter;
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
  private final ScoreWriter scores;
  private final CallIds callIds = new CallIds(new SecureRandom());

  Planner(HttpSettings settings, EngineClient client, Clocks clocks) {
    this.settings = settings;
    this.client = client;
    this.clock = clocks.wall();
    this.nanoClock = clocks.nanos();
    this.scores = new ScoreWriter(client.text().tokenizer());
    var limits = settings.bodies().limits();
    this.chatReader = new ChatRequestReader(limits, client.model());
    this.completionReader = new CompletionRequestReader(limits, client.model());
    this.generateReader = new GenerateRequestReader(limits, client.model());
  }

  Opening chat(byte[] body) {
    ChatRequest request = chatReader.read(body);
    AnswerHead head = head(request.requestId(), request.model());
    PromptJob prompt = new PromptJob.Chat(
        Conversation.forTemplate(request.messages(), client.text().chatTemplate()),
        request.toolTrees(),
        request.templateArguments(),
        true,
        request.continuation());
    int count = request.sampling().choices();
    ChatAnswerWriter bodies = new ChatAnswerWriter(head, settings.cacheReport(), callIds);
    JointAnswer joint = new JointAnswer(
        count,
        request.streaming().on(),
        ErrorWriter.OPENAI,
        new ChatTail(chunks(head, 0), bodies, request.streaming().usageAtEnd()));
    List<SessionPlan> parts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      parts.add(new SessionPlan(
          Opening.part(head.id(), i, count),
          prompt,
          request.sampling().choice(i),
          request.priority(),
          request.cacheNamespace(),
          new ChatForm(request, i, client.model(), chunks(head, i), bodies, scores, joint)));
    }
    return new Opening(head.id(), parts);
  }

  private ChunkWriter chunks(AnswerHead head, int index) {
    return new ChunkWriter(head, index, settings.cacheReport(), callIds);
  }

  private record ChatTail(ChunkWriter chunks, ChatAnswerWriter bodies, boolean usageAtEnd)
      implements JointAnswer.Tail {
    @Override
    public String events(Usage total) {
      return usageAtEnd ? chunks.usage(total) : "";
    }

    @Override
    public String body(List<String> parts, Usage total) {
      return bodies.body(parts, total);
    }
  }

  Opening completion(byte[] body) {
    CompletionRequest request = completionReader.read(body);
    AnswerHead head = head(request.requestId(), request.model());
    CompletionWriter writer = new CompletionWriter(head, settings.cacheReport());
    int choices = request.sampling().choices();
    int count = request.prompts().size() * choices;
    JointAnswer joint = new JointAnswer(
        count,
        request.streaming().on(),
        ErrorWriter.OPENAI,
        new CompletionTail(writer, request.streaming().usageAtEnd()));
    List<SessionPlan> parts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      PromptJob prompt = request.prompts().get(i / choices);
      String echo = request.echo() ? text(prompt) : "";
      parts.add(new SessionPlan(
          Opening.part(head.id(), i, count),
          prompt,
          request.sampling().choice(i % choices),
          request.priority(),
          request.cacheNamespaces().get(i / choices),
          new CompletionForm(request, i, echo, writer, scores, joint)));
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
    int count =
        batch.requests().stream().mapToInt(each -> each.sampling().choices()).sum();
    boolean list = batch.list() || count > 1;
    RequestId whole = id(batch.requestId());
    JointAnswer joint =
        new JointAnswer(count, batch.stream(), ErrorWriter.GENERATE, new GenerateTail(list));
    List<SessionPlan> parts = new ArrayList<>(count);
    for (GenerateRequest request : batch.requests()) {
      int choices = request.sampling().choices();
      for (int choice = 0; choice < choices; choice++) {
        int part = parts.size();
        RequestId id = request.requestId().isPresent()
            ? Opening.part(new RequestId(request.requestId().get()), choice, choices)
            : Opening.part(whole, part, count);
        OptionalInt index = list ? OptionalInt.of(part) : OptionalInt.empty();
        AnswerHead head = head(Optional.of(id.value()), client.model().servedName());
        parts.add(new SessionPlan(
            id,
            request.prompt(),
            request.sampling().choice(choice),
            request.priority(),
            request.cacheNamespace(),
            new GenerateForm(
                request, index, head, scores, joint, settings.incrementalOutput(), nanoClock)));
      }
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
