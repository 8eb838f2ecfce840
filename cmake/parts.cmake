# Every library the house uses, from Debian's packages (scripts/versions names them).
include(GoogleTest)
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(fmt REQUIRED)
find_package(pugixml REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(ZLIB REQUIRED)
find_package(CURL REQUIRED)
find_package(PostgreSQL REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(GTest REQUIRED)
list(APPEND CMAKE_PREFIX_PATH ${CMAKE_SOURCE_DIR}/.deps/crt)           # built by scripts/bootstrap from the sdist
find_package(aws-c-s3 REQUIRED)
list(APPEND CMAKE_PREFIX_PATH ${CMAKE_SOURCE_DIR}/.deps/lambda)        # the same
find_package(aws-lambda-runtime REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(LIBZIP REQUIRED IMPORTED_TARGET libzip)          # its CMake file wants zipcmp and friends installed
pkg_check_modules(HTTPLIB REQUIRED IMPORTED_TARGET cpp-httplib)
