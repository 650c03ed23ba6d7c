package io.souffleur.multimodal.source;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Places that may be fetched from although they are not public or use another port than 80 and 443.
 *
 * <pre>
 *   HOST  HOST:PORT  10.1.2.3  10.1.2.3:PORT  10.0.0.0/8  [fd00::1]  [fd00::1]:PORT  fd00::/8
 * </pre>
 *
 * <p>A host stands for whatever addresses its name resolves to. An entry without a port allows all ports.
 */
public final class AllowList {
  /** Nothing but public addresses at the usual ports. */
  public static final AllowList EMPTY = new AllowList(List.of());

  private static final Pattern BRACKETED = Pattern.compile("\\[([0-9a-f:.]+)](?::([0-9]{1,5}))?");
  private static final Pattern PLACE = Pattern.compile("([a-z0-9._-]+)(?::([0-9]{1,5}))?");
  private static final Pattern IPV4 = Pattern.compile("[0-9]+(\\.[0-9]+){3}");
  private static final int ANY_PORT = 0;

  private record Entry(Optional<String> host, Optional<AddressRange> range, int port) {
    boolean allows(FetchUrl url, InetAddress address) {
      return (port == ANY_PORT || port == url.port())
          && (host.map(url.host()::equals).orElse(false)
              || range.map(known -> known.contains(address)).orElse(false));
    }
  }

  private final List<Entry> entries;

  private AllowList(List<Entry> entries) {
    this.entries = entries;
  }

  /** @throws IllegalArgumentException when an entry has none of the forms */
  public static AllowList parse(List<String> entries) {
    return new AllowList(entries.stream().map(AllowList::entry).toList());
  }

  private static Entry entry(String text) {
    String place = text.strip().toLowerCase(Locale.ROOT);
    try {
      if (place.indexOf('/') >= 0) {
        return new Entry(Optional.empty(), Optional.of(AddressRange.parse(place)), ANY_PORT);
      }
      var bracketed = BRACKETED.matcher(place);
      if (bracketed.matches()) {
        return ofAddress(bracketed.group(1), bracketed.group(2));
      }
      var named = PLACE.matcher(place);
      if (!named.matches()) {
        throw new IllegalArgumentException("no host, address or range");
      }
      return IPV4.matcher(named.group(1)).matches()
          ? ofAddress(named.group(1), named.group(2))
          : new Entry(Optional.of(named.group(1)), Optional.empty(), port(named.group(2)));
    } catch (IllegalArgumentException bad) {
      throw new IllegalArgumentException(
          "--media-fetch-allow " + text + ": HOST, HOST:PORT, an address (IPv6 in brackets) or a "
              + "range as 10.0.0.0/8 is expected",
          bad);
    }
  }

  private static Entry ofAddress(String address, String port) {
    return new Entry(Optional.empty(), Optional.of(AddressRange.parse(address)), port(port));
  }

  private static int port(String digits) {
    if (digits == null) {
      return ANY_PORT;
    }
    int port = Integer.parseInt(digits);
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("port " + port);
    }
    return port;
  }

  boolean allows(FetchUrl url, InetAddress address) {
    return entries.stream().anyMatch(entry -> entry.allows(url, address));
  }
}
