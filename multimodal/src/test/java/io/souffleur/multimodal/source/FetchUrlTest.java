package io.souffleur.multimodal.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FetchUrlTest {
  @ParameterizedTest
  @CsvSource({
    "http://example.com, false, example.com, 80, /",
    "HTTPS://Example.COM., true, example.com, 443, /",
    "https://example.com:8443/a/b.png?x=1#part, true, example.com, 8443, /a/b.png?x=1",
    "http://example.com?x=1, false, example.com, 80, /?x=1",
    "http://[2606:4700::1111]:81/a, false, 2606:4700::1111, 81, /a",
    "http://a_b.example.com/, false, a_b.example.com, 80, /",
    "http://xn--bcher-kva.example/, false, xn--bcher-kva.example, 80, /",
    "http://example.com/two words.png, false, example.com, 80, /two%20words.png",
    "http://example.com/Bücher%20.png, false, example.com, 80, /B%C3%BCcher%20.png",
    "'http://example.com/\"<>`{}', false, example.com, 80, /%22%3C%3E%60%7B%7D"
  })
  void anAddressIsCutIntoWhatGoesOverTheWire(
      String text, boolean secure, String host, int port, String target) throws MediaRefused {
    assertEquals(new FetchUrl(secure, host, port, target), FetchUrl.parse(text));
  }

  @ParameterizedTest
  @CsvSource({
    "/b, https://example.com/b",
    "b, https://example.com/folder/b",
    "?y=2, https://example.com/folder/a?y=2",
    "//other.com/b, https://other.com/b",
    "https://other.com/b, https://other.com/b"
  })
  void aRedirectIsReadAgainstTheAddressThatGaveIt(String location, String expected)
      throws MediaRefused {
    FetchUrl from = FetchUrl.parse("https://example.com/folder/a?x=1");
    assertEquals(FetchUrl.parse(expected), from.redirected(location));
  }

  @Test
  void aRedirectOutOfTlsIsRefused() throws MediaRefused {
    FetchUrl from = FetchUrl.parse("https://example.com/a");
    var refused = assertThrows(MediaRefused.class, () -> from.redirected("http://example.com/a"));
    assertEquals(MediaRefused.Reason.FORBIDDEN, refused.reason());
  }

  @Test
  void pathAndQueryAreNotShown() throws MediaRefused {
    String shown = FetchUrl.parse("https://example.com:81/token-77?key=hunter2").toString();
    assertEquals("https://example.com:81", shown);
    assertFalse(shown.contains("token"));
  }
}
