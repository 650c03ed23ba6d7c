package io.souffleur.tokenizer.jinja;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.souffleur.tokenizer.TemplateException;
import io.souffleur.tokenizer.TemplateException.Reason;
import io.souffleur.tokenizer.Trees;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Compares with what jinja2 itself made of the same templates; see {@code jinja_vectors.py}. */
class JinjaVectorsTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-03-07T09:05:03.120Z"), ZoneOffset.UTC);

  @TestFactory
  Stream<DynamicTest> equalsJinja2() {
    Map<String, Object> vectors = Trees.read(JinjaVectorsTest.class, "vectors.json");
    Map<String, Object> context = Trees.map(vectors.get("context"));
    List<Map<String, Object>> rows = Trees.rows(vectors);
    assertTrue(rows.size() > 1000, "the vectors are complete");
    return rows.stream()
        .map(row -> DynamicTest.dynamicTest((String) row.get("name"), () -> check(row, context)));
  }

  private static void check(Map<String, Object> row, Map<String, Object> context) {
    String template = (String) row.get("template");
    String rendered;
    try {
      rendered = JinjaTemplate.parse(template, Limits.DEFAULT, CLOCK).render(context);
    } catch (TemplateException failure) {
      if (!row.containsKey("error")) {
        throw failure;
      }
      checkFailure(row, failure);
      return;
    }
    if (row.containsKey("error")) {
      fail(template + " must fail with " + row.get("message") + " but gave " + rendered);
    }
    assertEquals(row.get("rendered"), rendered, template);
  }

  private static void checkFailure(Map<String, Object> row, TemplateException failure) {
    String message = (String) row.get("message");
    switch ((String) row.get("error")) {
      case "TemplateError" -> {
        assertEquals(Reason.RAISED, failure.reason());
        assertEquals(message, failure.getMessage());
      }
      case "TemplateSyntaxError", "TemplateAssertionError", "SyntaxError" ->
        assertEquals(Reason.SYNTAX, failure.reason(), failure.getMessage());
      case "UndefinedError", "SecurityError" -> {
        assertEquals(Reason.EVALUATION, failure.reason());
        assertTrue(failure.getMessage().startsWith(message), failure.getMessage());
      }
      default ->
        assertTrue(
            failure.reason() == Reason.EVALUATION || failure.reason() == Reason.LIMIT,
            failure.getMessage());
    }
  }
}
