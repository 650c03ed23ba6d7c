package io.souffleur.testkit;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What comes over a connection instead of a request, with the status that it gets. */
public final class MalformedHeads {
  /** @param status of the answer, after which the connection is of no use */
  public record Case(String name, byte[] bytes, int status) {}

  private static final String BODY =
      "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"max_tokens\":1}";
  private static final String PATH = "/v1/chat/completions";
  private static final int LARGE = 100_000;

  private final List<Case> cases = new ArrayList<>();

  private MalformedHeads() {}

  public static List<Case> all() {
    MalformedHeads heads = new MalformedHeads();
    heads.sizes();
    heads.headers();
    heads.lengths();
    heads.chunks();
    heads.targets();
    heads.firstLines();
    return heads.cases;
  }

  private void add(String name, String text, int status) {
    cases.add(new Case(name, text.getBytes(StandardCharsets.ISO_8859_1), status));
  }

  /** A request whose body is good, with header lines before its length. */
  private void headed(String name, String lines, int status) {
    add(name, post(lines, Integer.toString(BODY.length())), status);
  }

  private static String post(String lines, String length) {
    return "POST " + PATH + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n" + lines
        + "Content-Length: " + length + "\r\n\r\n" + BODY;
  }

  private void sizes() {
    add("long URI", "GET /" + "a".repeat(LARGE) + " HTTP/1.1\r\nHost: x\r\n\r\n", 414);
    headed("long value", "X-A: " + "a".repeat(LARGE) + "\r\n", 431);
    headed("long name", "a".repeat(LARGE) + ": b\r\n", 431);
    headed("thousand headers", "X-A: a\r\n".repeat(1_000), 400);
    headed("endless headers", "X-A: a\r\n".repeat(LARGE), 400);
  }

  private void headers() {
    headed("no colon", "nocolon\r\n", 400);
    headed("NUL in a value", "X-A: a\0b\r\n", 400);
    headed("control character in a name", "X\u0001A: a\r\n", 400);
    headed("blank before the colon", "X-A : a\r\n", 400);
    headed("broken bytes in a value", "Authorization: \u0080\u0081\r\n", 400);
    headed("two hosts", "Host: y\r\n", 400);
    headed("compressed body", "Content-Encoding: gzip\r\n", 415);
    add("no host", "GET /health HTTP/1.1\r\n\r\n", 400);
    add("blank in the host", "GET /health HTTP/1.1\r\nHost: a b\r\n\r\n", 400);
  }

  private void lengths() {
    for (String length : List.of("-1", "+5", "abc", "0x10", "99999999999999999999", "1 2")) {
      add("length " + length, post("", length), 400);
    }
    add("length above the limit", post("", "9999999999"), 413);
    headed("two lengths", "Content-Length: 3\r\n", 400);
    headed("length and chunks", "Transfer-Encoding: chunked\r\n", 400);
    add("unknown transfer", chunked("gzip, foo", ""), 400);
  }

  private static String chunked(String encoding, String body) {
    return "POST " + PATH + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        + "Transfer-Encoding: " + encoding + "\r\n\r\n" + body;
  }

  private void chunks() {
    add("no chunk size", chunked("chunked", "zz\r\n"), 400);
    add("huge chunk", chunked("chunked", "ffffffffffffffff\r\n"), 400);
    add("long extension", chunked("chunked", "1;" + "a".repeat(LARGE) + "\r\n"), 400);
    add("chunk without end", chunked("chunked", "1\r\n{x"), 400);
  }

  private void targets() {
    add("bad escape", "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400);
    add("bad escape in a name", "GET /v1/models/%ff%zz HTTP/1.1\r\nHost: x\r\n\r\n", 400);
    add("another host", "GET http://y/health HTTP/1.1\r\nHost: x\r\n\r\n", 400);
    add("way out", "GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n", 404);
    add("tunnel", "CONNECT a:1 HTTP/1.1\r\nHost: x\r\n\r\n", 400);
    add("trace", "TRACE / HTTP/1.1\r\nHost: x\r\n\r\n", 404);
  }

  private void firstLines() {
    add("long method", "F".repeat(10_000) + " / HTTP/1.1\r\nHost: x\r\n\r\n", 400);
    add("TLS", "\u0016\u0003\u0001\0\u00c8\u0001\0\0\u00c4\u0003\u0003" + "\0".repeat(200), 400);
    add("nothing but NUL", "\0".repeat(5_000), 400);
    add("JSON without a head", BODY + "\r\n\r\n", 400);
    add("unknown method", "FROB / HTTP/1.1\r\nHost: x\r\n\r\n", 400);
    add("small letters", "post /health HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 400);
    add("preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400);
    add("no version", "GET /\r\n\r\n", 400);
    add("version 3.0", "GET / HTTP/3.0\r\nHost: x\r\n\r\n", 400);
  }
}
