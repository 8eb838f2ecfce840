"""CRC-64/NVME (polynomial 0xad93d23594c93659, reflected, all ones before and after), as NVM Express Base Specification 2.0 gives it in
"64b CRC": S3's CRC64NVME, computed without anything of AWS's."""
import base64

_POLYNOMIAL = 0x9A6C9329AC4BC9B5   # with its bits in reverse
_ONES = (1 << 64) - 1


def _entry(number):
    for _ in range(8):
        number = number >> 1 ^ (_POLYNOMIAL if number & 1 else 0)
    return number


_TABLE = [_entry(number) for number in range(256)]


def crc(data):
    state = _ONES
    table = _TABLE
    for byte in data:
        state = table[(state ^ byte) & 255] ^ state >> 8
    return state ^ _ONES


def _times(matrix, vector):
    product = 0
    for row in matrix:
        if not vector:
            break
        if vector & 1:
            product ^= row
        vector >>= 1
    return product


def joiner(size):
    """What joins CRCs where the right-hand side has `size` bytes (as zlib's crc32_combine): crc(a + b) == joiner(len(b))(crc(a), crc(b))."""
    power = [_POLYNOMIAL] + [1 << bit for bit in range(63)]         # one zero bit more
    for _ in range(3):
        power = [_times(power, column) for column in power]         # one zero byte
    total = [1 << bit for bit in range(64)]
    while size:
        if size & 1:
            total = [_times(power, column) for column in total]
        power = [_times(power, column) for column in power]
        size >>= 1
    return lambda left, right: _times(total, left) ^ right


def header(number):
    """As x-amz-checksum-crc64nvme carries it."""
    return base64.b64encode(number.to_bytes(8, "big")).decode()
