package io.souffleur.multimodal.prepare;

import io.souffleur.multimodal.RgbImage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * 256 bits that name what the tower would see: SHA-256 over tenant, extent, processing and content.
 *
 * <pre>
 *   domain length(4) domain | salt length(4) salt | width(4) height(4) | max slices(4) resolution(4) patch(4) slicing(1)
 *          | mode length(4) mode | content length(4) content            all numbers big-endian
 * </pre>
 *
 * <p>Never cut and never taken from a client: two images share a hash only if they are the same image,
 * processed the same way, for the same tenant. Every part has a length, so that no two inputs run
 * together to the same bytes.
 */
public record ContentHash(long first, long second, long third, long fourth) {
  private static final String PIXELS = "souffleur image pixels 1";
  private static final String FILE = "souffleur image file 1";

  /** Of decoded pixels: equal for any file that shows the same. */
  public static ContentHash ofPixels(RgbImage image, ImageSettings settings, byte[] tenantSalt) {
    return of(
        PIXELS, image.size().width(), image.size().height(), settings, tenantSalt, image.rgb());
  }

  /** Of an encoded file: tells before decoding that the same file was seen. Never equal to one of pixels. */
  public static ContentHash ofFile(byte[] file, ImageSettings settings, byte[] tenantSalt) {
    return of(FILE, 0, 0, settings, tenantSalt, file);
  }

  private static ContentHash of(
      String domain,
      int width,
      int height,
      ImageSettings settings,
      byte[] tenantSalt,
      byte[] content) {
    MessageDigest digest = sha256();
    part(digest, domain.getBytes(StandardCharsets.US_ASCII));
    part(digest, tenantSalt);
    var numbers = ByteBuffer.allocate(5 * Integer.BYTES + 1);
    numbers.putInt(width).putInt(height);
    numbers.putInt(settings.slices().maxSlices());
    numbers.putInt(settings.slices().scaleResolution());
    numbers.putInt(settings.slices().patchSize());
    numbers.put((byte) (settings.slices().slicing() ? 1 : 0));
    digest.update(numbers.flip());
    part(digest, settings.downsample().wireName().getBytes(StandardCharsets.US_ASCII));
    part(digest, content);
    ByteBuffer hash = ByteBuffer.wrap(digest.digest());
    return new ContentHash(hash.getLong(), hash.getLong(), hash.getLong(), hash.getLong());
  }

  private static void part(MessageDigest digest, byte[] bytes) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
    digest.update(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException("this JDK has no SHA-256", everyJdkHasIt);
    }
  }

  /** 64 hexadecimal digits. */
  @Override
  public String toString() {
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(first)
        + hex.toHexDigits(second)
        + hex.toHexDigits(third)
        + hex.toHexDigits(fourth);
  }
}
