// What the command line says in units. All throw Error{usage}.
#pragma once

#include <netinet/in.h>

#include <chrono>
#include <cstdint>
#include <string_view>

namespace tabferry::weather {

uint64_t parse_number(std::string_view text, std::string_view what);
std::chrono::nanoseconds parse_duration(std::string_view text);  // 250us 40ms 1.5s 3m
uint64_t parse_bandwidth(std::string_view text);                 // 40MB/s, 512KiB/s, 40000: bytes a second, at least 1
sockaddr_in parse_address(std::string_view text);                // 127.0.0.1:7070; loopback only

}  // namespace tabferry::weather
