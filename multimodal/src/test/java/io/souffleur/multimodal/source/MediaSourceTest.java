package io.souffleur.multimodal.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MediaSourceTest {
  private static byte[] inline(String text) throws MediaRefused {
    return assertInstanceOf(MediaSource.Inline.class, MediaSource.parse(text, 1 << 20))
        .bytes();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data:image/png;base64,/+8/7g==",
        "DATA:Image/PNG;charset=x;BASE64,/+8/7g==",
        "data:;base64,/+8/7g",
        "data:;base64,_-8_7g",
        "data:;base64,%2F%2B8%2F7g%3D%3D",
        " data:;base64,/+8/\r\n7g==\n",
        "data:;base64, /+ 8/ 7\tg = =",
        "/+8/7g==",
        "/+8/7g",
        "_-8_7g"
      })
  void everySpellingOfBase64GivesTheSameBytes(String text) throws MediaRefused {
    assertArrayEquals(new byte[] {-1, -17, 63, -18}, inline(text));
  }

  @Test
  void percentEncodedDataIsBytes() throws MediaRefused {
    assertArrayEquals(new byte[] {-119, 'P', '+', ' ', 0}, inline("data:image/png,%89P+%20%00"));
  }

  @Test
  void anyBytesComeBackFromAnyLengthOfBase64() throws MediaRefused {
    var random = new Random(3);
    for (int length = 1; length < 200; length++) {
      var bytes = new byte[length];
      random.nextBytes(bytes);
      assertArrayEquals(bytes, inline("data:;base64," + Base64.getEncoder().encodeToString(bytes)));
      assertArrayEquals(
          bytes, inline(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes)));
      assertArrayEquals(bytes, inline(Base64.getMimeEncoder().encodeToString(bytes)));
    }
  }

  @Test
  void theLimitCountsBytesAndNotCharacters() throws MediaRefused {
    String text = Base64.getEncoder().encodeToString(new byte[300]);
    assertEquals(300, inline(MediaSource.parse(text, 300)).length);
    var refused = assertThrows(MediaRefused.class, () -> MediaSource.parse(text, 299));
    assertEquals(MediaRefused.Reason.TOO_LARGE, refused.reason());
    assertEquals(
        "the base64 text holds about 300 bytes, at most 299 are allowed", refused.getMessage());
  }

  private static byte[] inline(MediaSource source) {
    return assertInstanceOf(MediaSource.Inline.class, source).bytes();
  }

  @ParameterizedTest
  @CsvSource({
    "file:///a/b.png, /a/b.png",
    "file:/a/b.png, /a/b.png",
    "file://localhost/a/b%20c.png, /a/b c.png",
    "file:///a/%C3%BC.png, /a/ü.png",
    "file:///a/ü.png, /a/ü.png",
    "/a/b.PNG, /a/b.PNG",
    "b.jpeg, b.jpeg",
    "folder/clip.mp4, folder/clip.mp4"
  })
  void filesAreNamedByUrlOrByPath(String text, String path) throws MediaRefused {
    assertEquals(new MediaSource.Local(path), MediaSource.parse(text, 10));
  }

  /** Base64 of a JPEG begins as a path does. */
  @Test
  void base64ThatBeginsWithASlashIsNoPath() throws MediaRefused {
    byte[] jpeg = {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xe0, 0, 16};
    assertArrayEquals(jpeg, inline("/9j/4AAQ"));
  }

  @Test
  void addressesAreRemote() throws MediaRefused {
    var remote =
        assertInstanceOf(MediaSource.Remote.class, MediaSource.parse("HTTP://example.com/a", 10));
    assertEquals("/a", remote.url().target());
  }

  @Test
  void aRefusalRepeatsNothingOfTheContent() {
    var refused =
        assertThrows(MediaRefused.class, () -> MediaSource.parse("c2VjcmV0!c2VjcmV0", 1_000));
    assertEquals(MediaRefused.Reason.MALFORMED, refused.reason());
    assertEquals(false, refused.getMessage().contains("c2Vj"));
  }

  @ParameterizedTest
  @CsvSource({"image, GIF89a, true", "image, RIFF....AVI , false", "video, ....ftypisom, true"})
  void theFirstBytesTellWhatItIs(String kind, String bytes, boolean taken) throws MediaRefused {
    byte[] content = bytes.getBytes(StandardCharsets.ISO_8859_1);
    MediaKind asked = kind.equals("image") ? MediaKind.IMAGE : MediaKind.VIDEO;
    if (taken) {
      assertEquals(asked, MediaType.checked(content, asked).kind());
    } else {
      var refused = assertThrows(MediaRefused.class, () -> MediaType.checked(content, asked));
      assertEquals(MediaRefused.Reason.UNSUPPORTED, refused.reason());
    }
  }
}
