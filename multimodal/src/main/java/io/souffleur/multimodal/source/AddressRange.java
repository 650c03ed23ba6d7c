package io.souffleur.multimodal.source;

import java.net.InetAddress;
import java.util.Arrays;

/** Addresses that share their first bits: {@code 10.0.0.0/8}, {@code fc00::/7}, or one bare address. */
final class AddressRange {
  private final byte[] prefix;
  private final int bits;

  private AddressRange(byte[] prefix, int bits) {
    this.prefix = prefix;
    this.bits = bits;
  }

  /** @throws IllegalArgumentException when {@code text} is no address or the length does not fit it */
  static AddressRange parse(String text) {
    int slash = text.indexOf('/');
    byte[] prefix =
        InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash)).getAddress();
    int bitsMax = prefix.length * Byte.SIZE;
    int bits = slash < 0 ? bitsMax : Integer.parseInt(text.substring(slash + 1));
    if (bits < 0 || bits > bitsMax) {
      throw new IllegalArgumentException(
          text + " has a prefix of " + bits + " bits, 0 to " + bitsMax + " are possible");
    }
    return new AddressRange(prefix, bits);
  }

  boolean contains(InetAddress address) {
    byte[] other = address.getAddress();
    if (other.length != prefix.length) {
      return false;
    }
    int whole = bits / Byte.SIZE;
    if (!Arrays.equals(prefix, 0, whole, other, 0, whole)) {
      return false;
    }
    int rest = bits % Byte.SIZE;
    return rest == 0 || ((prefix[whole] ^ other[whole]) & 0xff) >>> (Byte.SIZE - rest) == 0;
  }
}
