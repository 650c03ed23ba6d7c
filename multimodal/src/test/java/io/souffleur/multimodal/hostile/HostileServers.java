package io.souffleur.multimodal.hostile;

import static io.souffleur.multimodal.hostile.ScriptedServer.answer;
import static io.souffleur.multimodal.source.MediaRefused.Reason.FORBIDDEN;
import static io.souffleur.multimodal.source.MediaRefused.Reason.MALFORMED;
import static io.souffleur.multimodal.source.MediaRefused.Reason.TIMEOUT;
import static io.souffleur.multimodal.source.MediaRefused.Reason.TOO_LARGE;
import static io.souffleur.multimodal.source.MediaRefused.Reason.UNREACHABLE;
import static io.souffleur.multimodal.source.MediaRefused.Reason.UNSUPPORTED;

import io.souffleur.multimodal.source.MediaRefused;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;

/** Rows whose server is the attack; it listens where the test's allow-list lets one go. */
final class HostileServers {
  private static final String OK = "HTTP/1.1 200 OK\r\nServer: test\r\n";
  private static final String PLAIN = "HTTP/1.1 200 OK";

  private final ScriptedServer server;
  private final String origin;
  private final List<Row> rows = new ArrayList<>();

  HostileServers(ScriptedServer server, String host) {
    this.server = server;
    this.origin = "http://" + host + ":" + server.port();
  }

  private void row(String name, ScriptedServer.Script script, MediaRefused.Reason... reasons) {
    String path = "/" + rows.size();
    server.on(path, script);
    rows.add(Row.text("server: " + name, origin + path + "?secret=hunter2", reasons));
  }

  private void row(String name, String head, MediaRefused.Reason... reasons) {
    row(name, answer(head, new byte[0]), reasons);
  }

  /** Those that are refused as soon as their answer is seen. */
  List<Row> quick() {
    byte[] png = Pictures.sound("rgb.png");
    row("nothing", out -> {}, UNREACHABLE);
    row("no HTTP", "220 mail.test ESMTP", UNREACHABLE);
    row("HTTP/2", "HTTP/2 200", UNREACHABLE);
    row("status of words", "HTTP/1.1 fine", UNREACHABLE);
    row("not found", "HTTP/1.1 404 Not Found", UNREACHABLE);
    row("error", "HTTP/1.1 500 Oh", UNREACHABLE);
    row("forbidden", "HTTP/1.1 403 No", UNREACHABLE);
    row("no content", "HTTP/1.1 204 Nothing", UNREACHABLE);
    row("a part of it", "HTTP/1.1 206 Part\r\nContent-Range: bytes 0-9/99", UNREACHABLE);
    row(
        "interim answers for ever",
        out -> {
          while (true) {
            out.write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
          }
        },
        UNREACHABLE);
    row("empty body", OK + "Content-Length: 0", MALFORMED);
    row(
        "html as a picture",
        answer(OK + "Content-Type: image/png", Pictures.text("<html>")),
        UNSUPPORTED);
    row("half a picture", answer(PLAIN, Arrays.copyOf(png, png.length / 2)), MALFORMED);
    row("long length, short body", answer(OK + "Content-Length: 5000", png), UNREACHABLE);
    row("short length, long body", answer(OK + "Content-Length: 60", png), MALFORMED);
    row("length over the limit", OK + "Content-Length: 99999999", TOO_LARGE);
    row("length over all limits", OK + "Content-Length: 99999999999999999999", UNREACHABLE);
    row("negative length", OK + "Content-Length: -1", UNREACHABLE);
    row("two lengths", OK + "Content-Length: 5\r\nContent-Length: 6", UNREACHABLE);
    row("listed lengths", OK + "Content-Length: 5, 5", UNREACHABLE);
    row("length and chunks", OK + "Content-Length: 5\r\nTransfer-Encoding: chunked", UNREACHABLE);
    row("chunks in gzip", OK + "Transfer-Encoding: gzip, chunked", UNREACHABLE);
    row("chunk of no number", chunks("zz\r\n"), UNREACHABLE);
    row("chunk of -1", chunks("-1\r\n"), UNREACHABLE);
    row("chunk of 4 GB", chunks("ffffffff\r\n"), TOO_LARGE);
    row("chunk of 17 digits", chunks("fffffffffffffffff\r\n"), UNREACHABLE);
    row("chunk that runs on", chunks("2\r\nabcd\r\n"), UNREACHABLE);
    row("chunk with a long extension", chunks("2;" + "a".repeat(5_000) + "\r\nab"), UNREACHABLE);
    row("chunks without end", chunks("2\r\nab\r\n"), UNREACHABLE);
    row("trailers for ever", chunks("0\r\n" + "a: b\r\n".repeat(10_000)), UNREACHABLE);
    row("body for ever", out -> forever(OK, out), TOO_LARGE);
    row(
        "chunks for ever",
        out -> {
          out.write(
              (OK + "Transfer-Encoding: chunked\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
          while (true) {
            out.write(
                ("4000\r\n" + "a".repeat(0x4000) + "\r\n").getBytes(StandardCharsets.US_ASCII));
          }
        },
        TOO_LARGE);
    row("gzip bomb", answer(OK + "Content-Encoding: gzip", gzip(50_000_000)), UNSUPPORTED);
    row("gzip bomb under no name", answer(PLAIN, gzip(50_000_000)), UNSUPPORTED);
    row("deflate", OK + "Content-Encoding: deflate", UNSUPPORTED);
    row("gzip twice", OK + "Content-Encoding: gzip\r\nContent-Encoding: gzip", UNSUPPORTED);
    row(
        "fields for ever",
        out -> {
          out.write(OK.getBytes(StandardCharsets.US_ASCII));
          while (true) {
            out.write("a: b\r\n".getBytes(StandardCharsets.US_ASCII));
          }
        },
        UNREACHABLE);
    row("field of a megabyte", OK + "X: " + "a".repeat(1 << 20), UNREACHABLE);
    row("field without colon", OK + "no colon here", UNREACHABLE);
    row("field name with a space", OK + "Content-Length : 5", UNREACHABLE);
    row("folded field", OK + "A: b\r\n Content-Length: 5", UNREACHABLE);
    row("lone CR in a field", OK + "A: b\rContent-Length: 5", UNREACHABLE);
    row("NUL in a field", OK + "A: b\0c", UNREACHABLE);
    redirects();
    return List.copyOf(rows);
  }

  private void redirects() {
    redirect("nowhere", "", UNREACHABLE);
    row("redirect without place", "HTTP/1.1 302 Found", UNREACHABLE);
    row(
        "redirect to two places",
        "HTTP/1.1 302 Found\r\nLocation: /a\r\nLocation: /b",
        UNREACHABLE);
    redirect("loopback", "http://127.0.0.2:80/", FORBIDDEN);
    redirect("another port", "http://127.0.0.1:1/", FORBIDDEN);
    redirect("metadata", "http://169.254.169.254/latest/", FORBIDDEN);
    redirect("a private name", "http://private.test/", FORBIDDEN);
    redirect("a mapped address", "http://[::ffff:10.0.0.1]/", FORBIDDEN);
    redirect("a number", "http://2130706433/", MALFORMED);
    redirect("a file", "file:///etc/passwd", FORBIDDEN);
    redirect("ftp", "ftp://example.com/", FORBIDDEN);
    redirect("gopher", "gopher://127.0.0.1:6379/_FLUSHALL", FORBIDDEN);
    redirect("data", "data:image/png;base64,iVBORw0KGgo=", FORBIDDEN);
    redirect("a user", "http://user@example.com/", FORBIDDEN);
    redirect("backslashes", "\\\\127.0.0.1\\a", UNREACHABLE);
    redirect("two slashes", "//127.0.0.2/", FORBIDDEN);
    redirect("a control character", "/a\tb", MALFORMED);
    redirect("far away", "/" + "a".repeat(9_000), TOO_LARGE);
    redirect("itself", "/" + rows.size(), UNREACHABLE);
    redirect("a chain of five", "/chain1", UNREACHABLE);
    for (int i = 1; i <= 5; i++) {
      server.on("/chain" + i, answer("HTTP/1.1 301 On\r\nLocation: /chain" + (i + 1), new byte[0]));
    }
    server.on("/chain6", answer(PLAIN, Pictures.sound("rgb.png")));
  }

  private void redirect(String name, String place, MediaRefused.Reason... reasons) {
    row("redirect to " + name, "HTTP/1.1 302 Found\r\nLocation: " + place, reasons);
  }

  private static ScriptedServer.Script chunks(String body) {
    return answer(OK + "Transfer-Encoding: chunked", Pictures.text(body));
  }

  private static void forever(String head, OutputStream out) throws IOException {
    out.write((head + "\r\n").getBytes(StandardCharsets.US_ASCII));
    while (true) {
      out.write(new byte[65_536]);
    }
  }

  private static byte[] gzip(int size) {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      for (int i = 0; i < size / 100_000; i++) {
        gzip.write(new byte[100_000]);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  /** Those that take the whole time that is given to them. */
  List<Row> slow(CountDownLatch end) {
    int quick = rows.size();
    row("silence", out -> end.await(), TIMEOUT);
    row(
        "silence behind the head",
        out -> {
          out.write((OK + "\r\n").getBytes(StandardCharsets.US_ASCII));
          out.flush();
          end.await();
        },
        TIMEOUT);
    row("a head in drops", out -> drip(out, OK + "A: " + "b".repeat(10_000), end), TIMEOUT);
    row("a body in drops", out -> drip(out, OK + "\r\n" + "b".repeat(10_000), end), TIMEOUT);
    row(
        "a chunk in drops",
        out ->
            drip(out, OK + "Transfer-Encoding: chunked\r\n\r\n4000\r\n" + "b".repeat(9_999), end),
        TIMEOUT);
    return List.copyOf(rows.subList(quick, rows.size()));
  }

  private static void drip(OutputStream out, String text, CountDownLatch end)
      throws IOException, InterruptedException {
    for (byte b : text.getBytes(StandardCharsets.US_ASCII)) {
      out.write(b);
      out.flush();
      if (end.await(20, TimeUnit.MILLISECONDS)) {
        return;
      }
    }
  }
}
