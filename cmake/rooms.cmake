# room(NAME [ROOMS r...] [PARTS p...]): src/NAME/*.cpp becomes the static library tabferry_NAME.
# program(NAME FILE ROOMS r...): an executable in the build folder's root.
# room_test(NAME FILE... [ROOMS r...] [LABEL l]): a GoogleTest executable, run by ctest as one test a TEST().
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()
find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

add_library(tabferry_settings INTERFACE)
target_include_directories(tabferry_settings INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_compile_options(tabferry_settings INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion
  -Wno-missing-field-initializers -Wnon-virtual-dtor -Woverloaded-virtual -Werror -fstack-protector-strong
  $<$<CONFIG:Release,RelWithDebInfo>:-Wno-restrict>)   # g++ 12 sees overlaps that are none in std::string (GCC bug 105651)
target_compile_definitions(tabferry_settings INTERFACE TABFERRY_VERSION="${PROJECT_VERSION}")
if(TABFERRY_SANITIZE)
  target_compile_options(tabferry_settings INTERFACE -fsanitize=${TABFERRY_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  target_link_options(tabferry_settings INTERFACE -fsanitize=${TABFERRY_SANITIZE})
endif()

function(room name)
  cmake_parse_arguments(R "" "" "ROOMS;PARTS" ${ARGN})
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cpp)
  list(TRANSFORM R_ROOMS PREPEND tabferry_)
  if(NOT files)
    add_library(tabferry_${name} INTERFACE)
    target_link_libraries(tabferry_${name} INTERFACE tabferry_settings ${R_ROOMS} ${R_PARTS})
    return()
  endif()
  add_library(tabferry_${name} STATIC ${files})
  target_link_libraries(tabferry_${name} PUBLIC tabferry_settings ${R_ROOMS} ${R_PARTS})
endfunction()

function(program name file)
  cmake_parse_arguments(P "" "" "ROOMS" ${ARGN})
  add_executable(${name} ${file})
  list(TRANSFORM P_ROOMS PREPEND tabferry_)
  target_link_libraries(${name} PRIVATE ${P_ROOMS})
endfunction()

function(room_test name)
  cmake_parse_arguments(T "" "LABEL" "ROOMS" ${ARGN})
  add_executable(${name} ${T_UNPARSED_ARGUMENTS})
  list(TRANSFORM T_ROOMS PREPEND tabferry_)
  target_link_libraries(${name} PRIVATE ${T_ROOMS} GTest::gmock GTest::gtest_main)
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR}/test)
  target_compile_options(${name} PRIVATE -O0)   # halves the compiler's time; the rooms themselves stay optimised
  if(NOT T_LABEL)
    set(T_LABEL unit)
  endif()
  gtest_discover_tests(${name} TEST_PREFIX "${T_LABEL}/" DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS ${T_LABEL} TIMEOUT 120     # two properties, for a list does not survive the discovery
      ENVIRONMENT "TABFERRY_HYPERD=${TABFERRY_HYPERD}"
      ENVIRONMENT_MODIFICATION "TABFERRY_SHARED=set:${TABFERRY_SHARED}" ENVIRONMENT_MODIFICATION "TABFERRY_VERSITYGW=set:${TABFERRY_VERSITYGW}")
endfunction()
