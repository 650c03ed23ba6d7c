package io.souffleur.multimodal.source;

/**
 * What all requests together may hold.
 *
 * @param bytesMax encoded bytes that lie in memory
 * @param decodeBytesMax heap that decoders may take at a time; also the limit of a single image
 * @param fetchesMax fetches at a time; more wait
 * @param waitingMax images that wait for a decoder; more are refused
 */
public record ServerLimits(long bytesMax, long decodeBytesMax, int fetchesMax, int waitingMax) {
  private static final long HEAP_PARTS = 4;

  public ServerLimits {
    if (bytesMax < 1 || decodeBytesMax < 1 || fetchesMax < 1 || waitingMax < 1) {
      throw new IllegalArgumentException("bytesMax " + bytesMax + ", decodeBytesMax "
          + decodeBytesMax + ", fetchesMax " + fetchesMax + ", waitingMax " + waitingMax
          + ": each must be at least 1");
    }
  }

  /** A quarter of the heap for encoded bytes, a quarter for decoding; 32 fetches, 256 waiting images. */
  public static ServerLimits forHeap(long heapBytes) {
    return new ServerLimits(heapBytes / HEAP_PARTS, heapBytes / HEAP_PARTS, 32, 256);
  }
}
