#include "imports/column_names.h"

#include <algorithm>
#include <array>
#include <vector>

namespace pursuit::imports {
namespace {

using ingest::Field;

struct Names {
  Field field;
  std::string_view texts;  // between bars, as normal_name() writes them
};

constexpr std::array kNames = {
    Names{Field::kLeadId,
          "|leadid|lead|leadno|leadnumber|leadref|leadreference|opportunityid|opportunity|oppid|"
          "caseid|enquiryid|inquiryid|recordid|dealid|id|رقمالعميل|رقمالعميلالمحتمل|معرفالعميل|"
          "رقمالفرصة|الرقم|"},
    Names{Field::kCreatedAt,
          "|createdat|createddate|createdon|created|creationdate|datecreated|createtime|regdate|"
          "registrationdate|enquirydate|inquirydate|leaddate|receivedat|receiveddate|"
          "تاريخالإنشاء|تاريخالانشاء|تاريخالتسجيل|تاريخالطلب|"},
    Names{Field::kChannel,
          "|channel|leadsource|leadchannel|source|sourcechannel|origin|medium|القناة|قناة|المصدر|"
          "مصدرالعميل|"},
    Names{Field::kCampaign, "|campaign|campaignname|utmcampaign|الحملة|حملة|اسمالحملة|"},
    Names{Field::kRegion,
          "|region|market|country|territory|area|المنطقة|منطقة|الدولة|السوق|البلد|"},
    Names{Field::kDealerGroup,
          "|dealergroup|group|dealergroupname|retailergroup|مجموعةالوكلاء|المجموعة|مجموعة|"},
    Names{Field::kDealer,
          "|dealer|dealername|branch|showroom|store|outlet|retailer|location|الوكيل|وكيل|الفرع|"
          "فرع|المعرض|معرض|"},
    Names{Field::kProduct,
          "|product|productline|segment|bodytype|category|المنتج|منتج|خطالمنتج|الفئة|"},
    Names{Field::kNameplate,
          "|nameplate|model|modelname|vehicle|vehiclemodel|car|carmodel|الموديل|موديل|الطراز|طراز|"
          "السيارة|"},
    Names{Field::kOwner,
          "|owner|leadowner|ownername|salesperson|salesman|salesrep|salesconsultant|consultant|"
          "assignedto|assignee|agent|المالك|المسؤول|مندوبالمبيعات|البائع|الموظف|"},
    Names{Field::kValue,
          "|value|estimatedvalue|estimatedrevenue|dealvalue|leadvalue|price|القيمة|قيمة|السعر|"},
    Names{Field::kName,
          "|name|fullname|customername|contactname|leadname|customer|client|clientname|الاسم|اسم|"
          "اسمالعميل|الاسمالكامل|العميل|"},
    Names{Field::kPhone,
          "|phone|phonenumber|mobile|mobilenumber|mobilephone|tel|telephone|cell|cellphone|"
          "contactnumber|whatsapp|الهاتف|هاتف|رقمالهاتف|الجوال|جوال|رقمالجوال|الموبايل|"},
    Names{Field::kEmail,
          "|email|emailaddress|mail|البريدالإلكتروني|البريدالالكتروني|البريد|الإيميل|الايميل|"},
    Names{Field::kConsent, "|consent|optin|gdpr|marketingconsent|الموافقة|موافقة|"},
    Names{Field::kStage,
          "|stage|stagename|status|leadstatus|leadstage|newstage|tostage|activity|conceptname|"
          "المرحلة|مرحلة|الحالة|حالة|"},
    Names{Field::kAt,
          "|at|timestamp|time|date|datetime|eventtime|eventdate|changedat|changedon|occurredat|"
          "timetimestamp|closedate|closedat|closedon|stagedate|التاريخ|تاريخ|الوقت|وقت|"
          "تاريخالتغيير|تاريخالإغلاق|تاريخالاغلاق|"},
    Names{Field::kActor, "|actor|user|changedby|modifiedby|createdby|by|المستخدم|بواسطة|"},
    Names{Field::kSourceKey, "|sourcekey|eventid|externalid|historyid|rowid|"},
    Names{Field::kOutcome, "|outcome|result|closeresult|wonlost|النتيجة|نتيجة|"},
    Names{Field::kReason, "|reason|lostreason|lossreason|closereason|السبب|سبب|سببالخسارة|"},
    Names{Field::kRevenue, "|revenue|amount|saleprice|invoiceamount|الإيراد|الايراد|المبلغ|"},
    Names{Field::kTransactionId,
          "|transactionid|invoiceno|invoicenumber|orderid|ordernumber|contractno|رقمالفاتورة|"
          "رقمالعقد|"},
    Names{Field::kKind, "|kind|type|signaltype|eventtype|activitytype|النوع|نوع|"},
    Names{Field::kText, "|text|note|notes|comment|comments|description|النص|ملاحظات|ملاحظة|"},
    Names{Field::kFrom, "|from|startdate|fromdate|start|من|منتاريخ|"},
    Names{Field::kTo, "|to|enddate|todate|end|إلى|الى|إلىتاريخ|الىتاريخ|"},
    Names{Field::kAmount, "|amount|cost|spend|budget|التكلفة|المبلغ|الميزانية|"},
    Names{Field::kCurrency, "|currency|currencycode|العملة|عملة|"},
};

}  // namespace

std::string normal_name(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto byte = static_cast<unsigned char>(name[i]);
    if (byte < 0x80) {
      if (byte >= 'A' && byte <= 'Z') {
        out += static_cast<char>(byte - 'A' + 'a');
      } else if ((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9')) {
        out += static_cast<char>(byte);
      }
      continue;
    }
    // Vowel signs and the stretching mark: U+064B … U+0652, U+0640.
    if (i + 1 < name.size()) {
      const auto next = static_cast<unsigned char>(name[i + 1]);
      const bool sign = byte == 0xD9 && ((next >= 0x8B && next <= 0x92) || next == 0x80);
      const bool blank = byte == 0xC2 && next == 0xA0;
      if (sign || blank) {
        ++i;
        continue;
      }
    }
    out += name[i];
  }
  return out;
}

bool names_field(std::string_view column, ingest::Field field) {
  const std::string wanted = '|' + normal_name(column) + '|';
  if (wanted.size() == 2) return false;
  const auto found = std::ranges::find(kNames, field, &Names::field);
  return found != kNames.end() && found->texts.find(wanted) != std::string_view::npos;
}

}  // namespace pursuit::imports
