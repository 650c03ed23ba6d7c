package io.souffleur.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.souffleur.contracts.request.FinishReason;
import io.souffleur.contracts.request.GenerationEvent;
import io.souffleur.contracts.request.GenerationRequest;
import io.souffleur.contracts.request.ScoreSpec;
import io.souffleur.contracts.request.TokenScore;
import io.souffleur.http.openai.ApiException;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Log-probabilities of prompts in the shapes of the endpoints. */
class PromptLogprobsTest {
  private static Served served;

  @BeforeAll
  static void start() {
    served = new Served();
  }

  @BeforeEach
  void scoreWhatIsAskedFor() {
    served.engine.submissions.clear();
    served.engine.script = submission -> {
      submission.accept();
      GenerationRequest request = submission.request();
      scorePrompt(submission, request.promptTokens().length, 1);
      ScoreSpec scores = request.sampling().scores();
      submission
          .owner()
          .tell(new GenerationEvent.Tokens(
              request.id(),
              1,
              new int[] {'!', '?'},
              scores.on() ? List.of(score('!', scores), score('?', scores)) : List.of()));
      submission.finish(FinishReason.LENGTH, GenerationEvent.Finished.NO_STOP, 0);
    };
  }

  @AfterAll
  static void stop() {
    served.close();
  }

  /** Logarithms that tell which token they belong to: −token, and −1 more for each of the likeliest. */
  private static TokenScore score(int token, ScoreSpec scores) {
    int[] top = new int[scores.top()];
    float[] logs = new float[top.length];
    for (int i = 0; i < top.length; i++) {
      top[i] = token + i;
      logs[i] = -token - i;
    }
    float[] named = new float[scores.ids().size()];
    for (int i = 0; i < named.length; i++) {
      named[i] = -scores.ids().get(i);
    }
    return new TokenScore(token, -token, top, logs, named);
  }

  /** Tells scores up to a position, in two events where there are several. */
  private static void scorePrompt(ScriptedEngine.Submission submission, int end, long epoch) {
    GenerationRequest request = submission.request();
    ScoreSpec spec = request.sampling().scores();
    List<TokenScore> scores = new ArrayList<>();
    int next = spec.promptFrom();
    for (int position = next; position < end; position++) {
      scores.add(score(request.promptTokens()[position], spec));
      if (scores.size() == 1 || position == end - 1) {
        submission
            .owner()
            .tell(new GenerationEvent.PromptScores(request.id(), epoch, next, scores));
        next = position + 1;
        scores.clear();
      }
    }
  }

  private static JsonNode generate(String fields) {
    HttpResponse<String> response =
        served.post("/generate", "{\"text\": \"abcd\", \"return_logprob\": true" + fields + "}");
    assertEquals(200, response.statusCode(), response.body());
    return Served.json(response.body());
  }

  private static String shown(JsonNode answer, String name) {
    return answer.path("meta_info").path(name).toString();
  }

  @Test
  void theFirstTokenHasNoScoreAndTheOthersFollow() {
    JsonNode answer = generate(", \"logprob_start_len\": 0");

    assertEquals(1, served.engine.submissions.getLast().request().firstScoredPosition());
    assertEquals(
        "[[null,97,null],[-98.0,98,null],[-99.0,99,null],[-100.0,100,null]]",
        shown(answer, "input_token_logprobs"));
    assertEquals("[[-33.0,33,null],[-63.0,63,null]]", shown(answer, "output_token_logprobs"));
    assertTrue(answer.at("/meta_info/input_top_logprobs").isMissingNode());
    assertTrue(answer.at("/meta_info/output_token_ids_logprobs").isMissingNode());
  }

  @Test
  void theStartLengthLeavesTheFirstTokensOut() {
    JsonNode answer = generate(", \"logprob_start_len\": 2, \"return_text_in_logprobs\": true");

    assertEquals(3, served.engine.submissions.getLast().request().firstScoredPosition());
    assertEquals("[[null,99,\"c\"],[-100.0,100,\"d\"]]", shown(answer, "input_token_logprobs"));
    assertEquals(
        "[[null,100,null]]", shown(generate(", \"logprob_start_len\": 3"), "input_token_logprobs"));
  }

  @Test
  void withoutAStartLengthOnlyTheOutputIsScored() {
    for (String start : List.of("", ", \"logprob_start_len\": -1")) {
      JsonNode answer = generate(start);

      GenerationRequest request = served.engine.submissions.getLast().request();
      assertEquals(request.knownTokens(), request.firstScoredPosition());
      assertEquals("[]", shown(answer, "input_token_logprobs"));
      assertEquals(2, answer.at("/meta_info/output_token_logprobs").size());
    }
  }

  @Test
  void theLikeliestAndNamedIdsComeForEveryPlace() {
    JsonNode answer = generate(
        ", \"logprob_start_len\": 2, \"top_logprobs_num\": 2, \"token_ids_logprob\": [7, 200]");

    assertEquals(
        "[null,[[-100.0,100,null],[-101.0,101,null]]]", shown(answer, "input_top_logprobs"));
    assertEquals(
        "[null,[[-7.0,7,null],[-200.0,200,null]]]", shown(answer, "input_token_ids_logprobs"));
    assertEquals(
        "[[[-33.0,33,null],[-34.0,34,null]],[[-63.0,63,null],[-64.0,64,null]]]",
        shown(answer, "output_top_logprobs"));
    assertEquals(
        "[[[-7.0,7,null],[-200.0,200,null]],[[-7.0,7,null],[-200.0,200,null]]]",
        shown(answer, "output_token_ids_logprobs"));
  }

  @Test
  void aListHasValuesForAllPromptsOrForEach() {
    HttpResponse<String> response = served.post(
        "/generate",
        "{\"text\": [\"ab\", \"cd\", \"ef\"], \"return_logprob\": [true, false, true],"
            + " \"logprob_start_len\": [0, 0, -1], \"top_logprobs_num\": [1, 0, null],"
            + " \"token_ids_logprob\": [null, null, [5]]}");

    assertEquals(200, response.statusCode(), response.body());
    JsonNode answers = Served.json(response.body());
    assertEquals("[[null,97,null],[-98.0,98,null]]", shown(answers.get(0), "input_token_logprobs"));
    assertEquals("[null,[[-98.0,98,null]]]", shown(answers.get(0), "input_top_logprobs"));
    assertTrue(answers.get(1).at("/meta_info/output_token_logprobs").isMissingNode());
    assertEquals("[]", shown(answers.get(2), "input_token_logprobs"));
    assertEquals(
        "[[[-5.0,5,null]],[[-5.0,5,null]]]", shown(answers.get(2), "output_token_ids_logprobs"));
  }

  @Test
  void noTokensAtAllMayBeGenerated() {
    JsonNode answer =
        generate(", \"logprob_start_len\": 0, \"sampling_params\": {\"max_new_tokens\": 0}");

    assertEquals("", answer.path("text").textValue());
    assertEquals("[]", answer.path("output_ids").toString());
    assertEquals("{\"type\":\"length\",\"length\":0}", shown(answer, "finish_reason"));
    assertEquals(0, answer.at("/meta_info/completion_tokens").intValue());
    assertEquals(4, answer.at("/meta_info/input_token_logprobs").size());
    assertEquals("[]", shown(answer, "output_token_logprobs"));
  }

  @Test
  void shortPromptScoresStandInEveryEventAndLongOnesInTheFirst() {
    for (int length : new int[] {3, 2000}) {
      HttpResponse<String> response = served.post(
          "/generate",
          "{\"text\": \"" + "x".repeat(length) + "\", \"return_logprob\": true, \"stream\": true,"
              + " \"logprob_start_len\": 0}");
      List<String> events = Served.events(response.body());
      for (int i = 0; i < events.size() - 1; i++) {
        JsonNode scores = Served.json(events.get(i)).at("/meta_info/input_token_logprobs");
        assertEquals(i == 0 || length == 3 ? length : 0, scores.size(), "event " + i);
        assertEquals(i > 0 && length > 3, scores.isMissingNode());
      }
      assertEquals("[DONE]", events.getLast());
    }
  }

  @Test
  void anEchoedPromptIsScored() {
    HttpResponse<String> response =
        served.post("/v1/completions", "{\"prompt\": \"abc\", \"echo\": true, \"logprobs\": 1}");

    JsonNode choice = Served.json(response.body()).at("/choices/0");
    assertEquals("abc!?", choice.path("text").textValue());
    JsonNode logprobs = choice.path("logprobs");
    assertEquals("[\"a\",\"b\",\"c\",\"!\",\"?\"]", logprobs.path("tokens").toString());
    assertEquals(
        "[null,-98.0,-99.0,-33.0,-63.0]", logprobs.path("token_logprobs").toString());
    assertEquals("[-1,-1,-1,-1,-1]", logprobs.path("text_offset").toString());
    assertEquals(
        "[null,{\"b\":-98.0},{\"c\":-99.0},{\"!\":-33.0},{\"?\":-63.0}]",
        logprobs.path("top_logprobs").toString());
  }

  @Test
  void anEchoedPromptIsScoredOnceInAStreamAndForEveryChoice() {
    HttpResponse<String> response = served.post(
        "/v1/completions",
        "{\"prompt\": [\"ab\", \"c\"], \"n\": 2, \"echo\": true, \"logprobs\": 0,"
            + " \"stream\": true}");

    List<List<String>> tokens =
        List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (String event : Served.events(response.body())) {
      if (!event.equals("[DONE]")) {
        JsonNode choice = Served.json(event).at("/choices/0");
        for (JsonNode token : choice.at("/logprobs/tokens")) {
          tokens.get(choice.path("index").intValue()).add(token.textValue());
        }
      }
    }
    List<String> first = List.of("a", "b", "!", "?");
    List<String> second = List.of("c", "!", "?");
    assertEquals(List.of(first, first, second, second), tokens);
  }

  @Test
  void scoresThatWereToldAreKeptWhenTheEngineIsRebuilt() {
    served.engine.script = submission -> {
      GenerationRequest request = submission.request();
      int epoch = served.engine.submissions.size();
      submission.owner().tell(new GenerationEvent.Accepted(request.id(), epoch));
      if (epoch == 1) {
        scorePrompt(submission, 3, 1);
        submission.owner().tell(new GenerationEvent.EngineLost(request.id(), 1));
        return;
      }
      assertEquals(3, request.firstScoredPosition());
      submission
          .owner()
          .tell(new GenerationEvent.PromptScores(
              request.id(), 1, 3, List.of(score('z', request.sampling().scores()))));
      scorePrompt(submission, 4, 2);
      submission
          .owner()
          .tell(new GenerationEvent.Finished(request.id(), 2, FinishReason.STOP, 256, 4, 0, 0));
    };

    JsonNode answer = generate(", \"logprob_start_len\": 0");

    assertEquals(2, served.engine.submissions.size());
    assertEquals(
        "[[null,97,null],[-98.0,98,null],[-99.0,99,null],[-100.0,100,null]]",
        shown(answer, "input_token_logprobs"));
  }

  @Test
  void whatCannotBeScoredIsRefusedByName() {
    refused("\"logprob_start_len\": 4", "logprob_start_len must be below the 4 tokens");
    refused("\"logprob_start_len\": -2", "logprob_start_len must be at least -1, got -2");
    refused("\"logprob_start_len\": [0]", "logprob_start_len is a list of 1");
    refused("\"top_logprobs_num\": 21", "top_logprobs_num must be in [0, 20], got 21");
    refused("\"token_ids_logprob\": 3", "token_ids_logprob must be an array of token ids");
    refused("\"token_ids_logprob\": [-1]", "token_ids_logprob[0] must be in [0, 256], got -1");
    refused(
        "\"token_ids_logprob\": [" + "1,".repeat(64) + "1]",
        "token_ids_logprob has 65 entries, allowed are at most 64");
    refused(
        "\"return_logprob\": false, \"token_ids_logprob\": [1]",
        "token_ids_logprob needs return_logprob to be true");
    refused("\"logprob_start_len\": 2147483647", "below the 4 tokens of the prompt");
  }

  @Test
  void moreScoresOfAPromptThanAnAnswerHoldsAreRefusedWithTheNumbers() {
    ScoreSpec spec = new ScoreSpec(20, List.of(), 1);

    ApiException refusal =
        assertThrows(ApiException.class, () -> Refusals.requireScorable(spec, 60_000));

    assertEquals(400, refusal.status());
    assertEquals(
        "log-probabilities of 59999 prompt tokens, 21 for each, are 1259979, allowed are at most"
            + " 1048576",
        refusal.getMessage());
    Refusals.requireScorable(spec, 40_000);
  }

  private static void refused(String fields, String part) {
    HttpResponse<String> response =
        served.post("/generate", "{\"text\": \"abcd\", \"return_logprob\": true, " + fields + "}");
    assertEquals(400, response.statusCode(), response.body());
    assertTrue(response.body().contains(part), response.body());
  }

  @Test
  void hiddenStatesAndOtherNumbersOfCandidatesAreRefusedEverywhere() {
    String chat = "{\"messages\": [{\"role\": \"user\", \"content\": \"a\"}], ";
    for (String[] endpoint : new String[][] {
      {"/v1/chat/completions", chat},
      {"/v1/completions", "{\"prompt\": \"a\", "},
      {"/generate", "{\"text\": \"a\", "}
    }) {
      HttpResponse<String> hidden =
          served.post(endpoint[0], endpoint[1] + "\"return_hidden_states\": true}");
      assertEquals(400, hidden.statusCode(), hidden.body());
      assertTrue(hidden.body().contains("return_hidden_states"), hidden.body());
      boolean nested = endpoint[0].equals("/generate");
      String best = nested ? "\"sampling_params\": {\"best_of\": 2}}" : "\"best_of\": 2}";
      HttpResponse<String> more = served.post(endpoint[0], endpoint[1] + best);
      assertEquals(400, more.statusCode(), more.body());
      assertTrue(more.body().contains("best_of"), more.body());
    }
  }
}
