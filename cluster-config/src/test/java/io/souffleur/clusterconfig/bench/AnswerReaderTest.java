package io.souffleur.clusterconfig.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.PrimitiveIterator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Answers as servers write them; each line that counts is read at the next time of a list. */
class AnswerReaderTest {
  private static final BenchRequest REQUEST = new BenchRequest("Hello", Optional.empty(), 7, 9);

  private static Outcome read(Dialect dialect, boolean streams, String lines, long... nanos)
      throws IOException {
    PrimitiveIterator.OfLong clock = LongStream.of(nanos).iterator();
    return new AnswerReader(dialect, REQUEST, streams, 100, clock::nextLong)
        .read(new AnswerLines(bytes(lines), 1_000));
  }

  private static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void linesComeWholeHoweverTheyArrive() throws IOException {
    InputStream oneByOne = new InputStream() {
      private final InputStream all = bytes("ä\n\nb");

      @Override
      public int read() throws IOException {
        return all.read();
      }

      @Override
      public int read(byte[] target, int offset, int length) throws IOException {
        return all.read(target, offset, 1);
      }
    };
    AnswerLines lines = new AnswerLines(oneByOne, 10);

    assertEquals(Optional.of("ä"), lines.next());
    assertEquals(Optional.of(""), lines.next());
    assertEquals(Optional.of("b"), lines.next());
    assertEquals(Optional.empty(), lines.next());
  }

  @Test
  void lineHasALimit() throws IOException {
    assertEquals(Optional.of("abc"), new AnswerLines(bytes("abc\n"), 3).next());

    IOException tooLong =
        assertThrows(IOException.class, () -> new AnswerLines(bytes("abcd\n"), 3).next());
    assertEquals("a line of the answer has more than 3 bytes", tooLong.getMessage());
  }

  @Test
  void gapsOfGenerateAreSharedAmongTheirTokens() throws IOException {
    Outcome outcome = read(Dialect.GENERATE, true, """
        data: {"text":"","meta_info":{"completion_tokens":1}}

        data: {"text":"a","meta_info":{"completion_tokens":2}}

        data: {"text":"abcd","meta_info":{"completion_tokens":5}}

        data: {"text":"abcd","meta_info":{"completion_tokens":5}}

        data: {"text":"abcde","meta_info":{"completion_tokens":6}}

        data: [DONE]
        """, 150, 200, 260, 265, 270, 280);

    assertEquals("", outcome.error());
    assertEquals(100, outcome.ttftNanos());
    // 60 ns for three tokens, then 10 ns for one
    assertArrayEquals(new double[] {20, 20, 20, 10}, outcome.gapNanos());
    assertEquals(180, outcome.latencyNanos());
    assertEquals(6, outcome.outputTokens());
    assertEquals("abcde", outcome.text());
    assertEquals(7, outcome.inputTokens());
  }

  @Test
  void roleChunkOfAChatIsNoText() throws IOException {
    Outcome outcome = read(Dialect.CHAT, true, """
        data: {"choices":[{"delta":{"role":"assistant","content":""}}]}
        data: {"choices":[{"delta":{"reasoning_content":"hm"}}]}
        data: {"choices":[{"delta":{"content":"yes"}}]}
        data: {"choices":[{"delta":{},"finish_reason":"stop"}]}
        data: [DONE]
        """, 110, 130, 160, 170, 171);

    assertEquals(30, outcome.ttftNanos());
    assertArrayEquals(new double[] {30}, outcome.gapNanos());
    assertEquals(71, outcome.latencyNanos());
    assertEquals("hmyes", outcome.text());
    assertEquals(9, outcome.outputTokens(), "as asked for, since no usage came");
  }

  @Test
  void usageOfAStreamCountsTheTokens() throws IOException {
    Outcome outcome = read(Dialect.COMPLETIONS, true, """
        : a comment
        data: {"choices":[{"text":"one"}]}
        data: {"choices":[{"text":" two"}]}
        data: {"choices":[],"usage":{"completion_tokens":4}}
        data: [DONE]
        """, 110, 120, 130, 140);

    assertEquals(4, outcome.outputTokens());
    assertArrayEquals(new double[] {10}, outcome.gapNanos());
  }

  @Test
  void wholeAnswerIsItsFirstToken() throws IOException {
    Outcome outcome = read(
        Dialect.CHAT,
        false,
        "{\"choices\":[{\"message\":{\"content\":\"yes\"}}],\"usage\":{\"completion_tokens\":3}}",
        150);

    assertEquals(50, outcome.ttftNanos());
    assertEquals(50, outcome.latencyNanos());
    assertEquals(3, outcome.outputTokens());
    assertEquals(0, outcome.gapNanos().length);
  }

  @Test
  void errorInAStreamFailsTheRequest() throws IOException {
    Outcome outcome = read(
        Dialect.GENERATE,
        true,
        "data: {\"error\":{\"message\":\"no memory\",\"code\":400}}\n",
        110);

    assertEquals("the answer is an error: no memory", outcome.error());
  }

  @Test
  void streamThatBreaksOffFailsTheRequest() throws IOException {
    Outcome outcome =
        read(Dialect.COMPLETIONS, true, "data: {\"choices\":[{\"text\":\"one\"}]}\n", 110);

    assertEquals("the stream ended without [DONE]", outcome.error());
  }

  @Test
  void nonsenseFailsTheRequest() throws IOException {
    assertEquals(
        "the answer is not JSON: <html>",
        read(Dialect.CHAT, true, "<html>\n", 110).error());
  }
}
