// SPDX-License-Identifier: GPL-3.0-or-later
#include <catch2/catch_test_macros.hpp>
#include <string>

#include "lago_info/lago_info.hpp"

namespace lago::info {

TEST_CASE("the image of a unit that creates its container, then starts it", "[info][unit_file]") {
    CHECK(image_in_unit(
              "[Service]\n"
              "Environment=\"HOME=/root\"\n"
              "ExecStartPre=-/usr/bin/env sh -c '/usr/bin/env docker stop mash-lago-api 2>/dev/null'\n"
              "ExecStartPre=/usr/bin/env docker create \\\n"
              "\t\t\t--rm \\\n"
              "\t\t\t--name=mash-lago-api \\\n"
              "# --user=1:1 \\\n"
              "\t\t\t--read-only \\\n"
              "\t\t\t--mount type=bind,src=/mash/lago/storage,dst=/app/storage \\\n"
              "\t\t\t--tmpfs=/tmp:rw,noexec \\\n"
              "\t\t\t-p 127.0.0.1:3000:3000 \\\n"
              "\t\t\tdocker.io/getlago/api:v1.31.0 \\\n"
              "\t\t\t./scripts/start.api.sh\n"
              "ExecStart=/usr/bin/env docker start --attach mash-lago-api\n") ==
          "docker.io/getlago/api:v1.31.0");
}

TEST_CASE("forms of the command", "[info][unit_file]") {
    const auto image = [](const std::string& command) {
        return image_in_unit("[Service]\n" + command + "\n");
    };
    CHECK(image("ExecStart=/usr/bin/docker run --rm -it x:1 cmd") == "x:1");
    CHECK(image("ExecStart=docker run -e A=b --label k=v x:1") == "x:1");
    CHECK(image("ExecStart=-docker container run -d --init x:1") == "x:1");
    CHECK(image("ExecStart=/usr/bin/docker run -v/a:/b --env A -- x:1") == "x:1");
    CHECK(image("ExecStart=/usr/bin/docker run --label 'k=two words' --label \"docker run y\" x:1") == "x:1");
    CHECK(image(R"(ExecStartPre=/bin/sh -c "echo \" docker run y \" >&2")"
                "\nExecStart=docker run --label=\"a=\\\"b c\\\"\" x:1") == "x:1");
    CHECK(image("ExecStart=/usr/bin/docker run --entrypoint nginx x:1 -g 'daemon off;'") == "x:1");
    CHECK(image("ExecStart=/usr/bin/docker run --rm \\\r\n x:1\r") == "x:1");
}

TEST_CASE("units without an image", "[info][unit_file]") {
    for (const std::string_view text :
         {"", "\n", "\\", "[Unit]\nDescription=docker run x:1\n",
          "ExecStart=/usr/bin/docker exec -i mash-lago-api x\n", "ExecStart=/usr/bin/docker run --rm\n",
          "ExecStart=/usr/bin/docker\n", "#ExecStart=docker run x:1\n",
          "ExecStart=/usr/bin/env sh -c 'docker stop x'\n", "ExecStart=docker run --env",
          "ExecStart=docker run --"})
        CHECK(image_in_unit(text).empty());
}

}  // namespace lago::info
