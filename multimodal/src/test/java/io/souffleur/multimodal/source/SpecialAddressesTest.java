package io.souffleur.multimodal.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpecialAddressesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2001:4860:4860::8888",
        "2606:4700::1111",
        "2a00:1450:4001::1"
      })
  void whatLiesBesideTheSpecialRangesIsPublic(String address) {
    assertTrue(SpecialAddresses.isPublic(InetAddress.ofLiteral(address)));
  }

  /** The first and the last address of a range of so many bits, and not what lies around it. */
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.0.0.0, 10.255.255.255, 11.0.0.0",
    "100.64.0.0/10, 100.64.0.0, 100.127.255.255, 100.128.0.0",
    "198.18.0.0/15, 198.18.0.0, 198.19.255.255, 198.20.0.0",
    "fc00::/7, fc00::, fdff:ffff::, fe00::",
    "2001::/23, 2001::, 2001:1ff::, 2001:200::",
    "1.2.3.4, 1.2.3.4, 1.2.3.4, 1.2.3.5",
    "0.0.0.0/0, 0.0.0.0, 255.255.255.255, ::"
  })
  void rangesEndWhereTheirBitsDo(String range, String first, String last, String behind) {
    var parsed = AddressRange.parse(range);
    assertTrue(parsed.contains(InetAddress.ofLiteral(first)));
    assertTrue(parsed.contains(InetAddress.ofLiteral(last)));
    assertFalse(parsed.contains(InetAddress.ofLiteral(behind)));
  }

  @Test
  void rangesOfTooManyBitsAreRefusedWithTheNumber() {
    var refused =
        assertThrows(IllegalArgumentException.class, () -> AddressRange.parse("10.0.0.0/33"));
    assertEquals("10.0.0.0/33 has a prefix of 33 bits, 0 to 32 are possible", refused.getMessage());
  }
}
