package io.souffleur.multimodal.source;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Status and header fields of a response, read strictly and within a number of bytes.
 *
 * @param fields names in lower case, in order of arrival
 */
record HttpHead(int status, List<Field> fields) {
  record Field(String name, String value) {}

  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})( .*)?");
  private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
  private static final int FIELDS_MAX = 100;
  private static final int INTERIM_MAX = 4;

  /** Reads the final head; interim ones (1xx) are skipped, a few of them. */
  static HttpHead read(InputStream in, int bytesMax) throws IOException, MediaRefused {
    var lines = new Lines(in, bytesMax);
    for (int i = 0; i <= INTERIM_MAX; i++) {
      HttpHead head = readOne(lines);
      if (head.status >= 200) {
        return head;
      }
    }
    throw MediaRefused.unreachable("the server sends interim answers only");
  }

  private static HttpHead readOne(Lines lines) throws IOException, MediaRefused {
    var match = STATUS.matcher(lines.next());
    if (!match.matches()) {
      throw MediaRefused.unreachable("the server does not answer in HTTP/1.1");
    }
    var fields = new ArrayList<Field>();
    for (String line = lines.next(); !line.isEmpty(); line = lines.next()) {
      int colon = line.indexOf(':');
      if (colon < 1 || !NAME.matcher(line.substring(0, colon)).matches()) {
        throw MediaRefused.unreachable("the server's answer has a broken header field");
      }
      if (fields.size() == FIELDS_MAX) {
        throw MediaRefused.unreachable(
            "the server's answer has more than " + FIELDS_MAX + " header fields");
      }
      fields.add(new Field(
          line.substring(0, colon).toLowerCase(Locale.ROOT),
          line.substring(colon + 1).strip()));
    }
    return new HttpHead(Integer.parseInt(match.group(1)), List.copyOf(fields));
  }

  /** Values of the field {@code name}, which is in lower case. */
  List<String> all(String name) {
    return fields.stream()
        .filter(field -> field.name.equals(name))
        .map(Field::value)
        .toList();
  }

  /** Lines that end in CR LF or LF; any other control character is refused. */
  static final class Lines {
    private final InputStream in;
    private int bytesLeft;

    Lines(InputStream in, int bytesMax) {
      this.in = in;
      this.bytesLeft = bytesMax;
    }

    String next() throws IOException, MediaRefused {
      var line = new StringBuilder();
      while (true) {
        int b = in.read();
        if (b < 0) {
          throw MediaRefused.unreachable("the server closed the connection before it had answered");
        }
        if (--bytesLeft < 0) {
          throw MediaRefused.unreachable("the head of the server's answer is too long");
        }
        if (b == '\n') {
          int length = line.length();
          if (length > 0 && line.charAt(length - 1) == '\r') {
            line.setLength(length - 1);
          }
          if (line.indexOf("\r") >= 0) {
            throw MediaRefused.unreachable("the server's answer has a lone CR in its head");
          }
          return line.toString();
        }
        if (b < ' ' && b != '\t' && b != '\r') {
          throw MediaRefused.unreachable("the server's answer has control characters in its head");
        }
        line.append((char) b);
      }
    }
  }
}
