package io.souffleur.multimodal.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AllowListTest {
  @ParameterizedTest
  @CsvSource({
    "store.internal, http://store.internal:9000/a, 10.0.0.1, true",
    "Store.Internal, http://STORE.internal/a, 10.0.0.1, true",
    "store.internal:9000, http://store.internal:9000/a, 10.0.0.1, true",
    "store.internal:9000, http://store.internal:9001/a, 10.0.0.1, false",
    "store.internal, http://store.internal.evil.com/a, 10.0.0.1, false",
    "store.internal, http://other.internal/a, 10.0.0.1, false",
    "10.0.0.0/8, http://other.internal:9000/a, 10.200.0.1, true",
    "10.0.0.0/8, http://other.internal/a, 11.0.0.1, false",
    "10.0.0.1, http://other.internal/a, 10.0.0.1, true",
    "10.0.0.1:80, http://other.internal/a, 10.0.0.1, true",
    "10.0.0.1:81, http://other.internal/a, 10.0.0.1, false",
    "[fd00::1]:8080, http://[fd00::1]:8080/a, fd00::1, true",
    "[fd00::1], http://[fd00::2]/a, fd00::2, false",
    "fd00::/8, http://[fd77::2]/a, fd77::2, true"
  })
  void anEntryAllowsWhatItNames(String entry, String url, String address, boolean allowed)
      throws MediaRefused {
    assertEquals(
        allowed,
        AllowList.parse(List.of(entry))
            .allows(FetchUrl.parse(url), InetAddress.ofLiteral(address)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a b", "host:0", "host:70000", "10.0.0.0/40", "[fd00::1", "999.1.1.1"})
  void whatIsNoEntryIsRefusedWithTheForms(String entry) {
    var refused =
        assertThrows(IllegalArgumentException.class, () -> AllowList.parse(List.of(entry)));
    assertTrue(refused.getMessage().contains("HOST:PORT"), refused.getMessage());
  }
}
