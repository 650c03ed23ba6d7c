package io.souffleur.multimodal.source;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An address that may be fetched from, cut into the parts that go over the wire.
 *
 * <p>Stricter than browsers on purpose: where programs disagree on what a text means (backslashes, user
 * names, numbers as hosts, control characters), a check of one meaning would not hold for the other.
 *
 * @param secure whether it is https
 * @param host name in lower case, or an address without brackets; ASCII
 * @param port from 1 to 65,535
 * @param target path and query as requested, beginning with a slash; printable ASCII
 */
public record FetchUrl(boolean secure, String host, int port, String target) {
  static final int HTTP_PORT = 80;
  static final int HTTPS_PORT = 443;

  private static final int PORT_MAX = 65_535;
  private static final int HOST_CHARS_MAX = 253;
  private static final String LABEL = "[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?";
  private static final Pattern NAME = Pattern.compile(LABEL + "(\\." + LABEL + ")*");
  private static final Pattern NUMERIC_END = Pattern.compile(".*(^|\\.)([0-9]+|0x[0-9a-f]*)");
  private static final String BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
  private static final Pattern IPV4 = Pattern.compile(BYTE + "(\\." + BYTE + "){3}");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-f:.]{2,45}");
  private static final Pattern PORT = Pattern.compile("[0-9]{1,5}");

  /** Reads {@code http://host[:port][/path][?query][#part]}. */
  static FetchUrl parse(String url) throws MediaRefused {
    boolean secure = url.regionMatches(true, 0, "https:", 0, 6);
    int authority = secure ? 6 : 5;
    if (!url.startsWith("//", authority)) {
      throw MediaRefused.malformed("an address is http:// or https://, then the host");
    }
    SourceText.named(url);
    if (url.indexOf('\\') >= 0) {
      throw MediaRefused.malformed("an address may not contain a backslash");
    }
    int start = authority + 2;
    int end = start;
    while (end < url.length() && "/?#".indexOf(url.charAt(end)) < 0) {
      end++;
    }
    String place = url.substring(start, end).toLowerCase(Locale.ROOT);
    if (place.indexOf('@') >= 0) {
      throw MediaRefused.forbidden("an address may not carry a user name or password");
    }
    int colon = place.lastIndexOf(':');
    boolean hasPort = colon > place.lastIndexOf(']');
    String host = host(hasPort ? place.substring(0, colon) : place);
    int port = hasPort ? port(place.substring(colon + 1)) : secure ? HTTPS_PORT : HTTP_PORT;
    return new FetchUrl(secure, host, port, target(url.substring(end)));
  }

  private static String host(String text) throws MediaRefused {
    if (text.startsWith("[") && text.endsWith("]")) {
      String address = text.substring(1, text.length() - 1);
      if (address.indexOf(':') < 0 || !IPV6.matcher(address).matches()) {
        throw MediaRefused.malformed("the host in brackets is not a plain IPv6 address");
      }
      try {
        InetAddress.ofLiteral(address);
      } catch (IllegalArgumentException bad) {
        throw MediaRefused.malformed("the host in brackets is not an IPv6 address");
      }
      return address;
    }
    String host = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    if (host.length() > HOST_CHARS_MAX || !NAME.matcher(host).matches()) {
      throw MediaRefused.malformed("the host is empty or no plain name: letters, digits, dots and "
          + "dashes; international names go in their xn-- form");
    }
    if (NUMERIC_END.matcher(host).matches() && !IPV4.matcher(host).matches()) {
      throw MediaRefused.malformed(
          "the host is a number, but not an IPv4 address of four decimal parts");
    }
    return host;
  }

  private static int port(String digits) throws MediaRefused {
    int port = PORT.matcher(digits).matches() ? Integer.parseInt(digits) : 0;
    if (port < 1 || port > PORT_MAX) {
      throw MediaRefused.malformed("the port must be a number from 1 to " + PORT_MAX);
    }
    return port;
  }

  private static String target(String rest) {
    int part = rest.indexOf('#');
    String shown = PercentText.encodeOthers(part < 0 ? rest : rest.substring(0, part));
    return shown.startsWith("/") ? shown : "/" + shown;
  }

  /** Where a server sends us on to. */
  FetchUrl redirected(String location) throws MediaRefused {
    SourceText.named(location);
    String scheme = SourceText.scheme(location);
    FetchUrl next;
    if (scheme.equals("http") || scheme.equals("https")) {
      next = parse(location);
    } else if (!scheme.isEmpty()) {
      throw MediaRefused.forbidden(
          "the server sends on to the scheme " + scheme + "; only http and https are followed");
    } else if (location.isEmpty() || location.indexOf('\\') >= 0) {
      throw MediaRefused.unreachable("the server sends on to an address that is none");
    } else if (location.startsWith("//")) {
      next = parse((secure ? "https:" : "http:") + location);
    } else {
      next = new FetchUrl(secure, host, port, target(merged(location)));
    }
    if (secure && !next.secure) {
      throw MediaRefused.forbidden("a redirect from https to http is not followed");
    }
    return next;
  }

  private String merged(String location) {
    if (location.startsWith("/")) {
      return location;
    }
    int query = target.indexOf('?');
    String path = query < 0 ? target : target.substring(0, query);
    return location.startsWith("?")
        ? path + location
        : path.substring(0, path.lastIndexOf('/') + 1) + location;
  }

  /** The address that the host already is; empty when it is a name. */
  Optional<InetAddress> literal() {
    boolean isAddress = host.indexOf(':') >= 0 || IPV4.matcher(host).matches();
    return isAddress ? Optional.of(InetAddress.ofLiteral(host)) : Optional.empty();
  }

  /** As the {@code Host} header names it. */
  String hostHeader() {
    String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return port == (secure ? HTTPS_PORT : HTTP_PORT) ? name : name + ":" + port;
  }

  /** Scheme and host only: paths and queries may hold secrets. */
  @Override
  public String toString() {
    return (secure ? "https://" : "http://") + hostHeader();
  }
}
